import path from 'node:path';

import autocannon from 'autocannon';

import { SEARCH_CASES } from './search-cases.ts';
import {
  CREDENTIALS,
  PROGRAMS,
  residentMegabytes,
  startProduct,
  startScript,
} from './server-process.ts';
import { createRandom, median } from './timing.ts';

const CONNECTIONS = 32;
const AUTHORIZATION = `Basic ${Buffer.from(`${CREDENTIALS.keyId}:${CREDENTIALS.keySecret}`).toString('base64')}`;
const BARE_SERVER = path.join(import.meta.dirname, 'bare-server.ts');
const STARTS = 3;
/** Searches of each kind, and rents, that the server has answered when its memory is looked at. */
const SEARCHES_OF_EACH = 50;
const RENTS = 1000;
const SEED = 13;

export interface HttpResult {
  searchesPerSecond: number;
  searchP99Ms: number;
  barePerSecond: number;
  ratio: number;
  checksPerSecond: number;
  /** Resident, when it has answered searches of every kind, rents, and a load of searches. */
  megabytes: number;
  /** From the start of the process to the line that says where it listens, on an existing database. */
  readyMs: number;
  /** The same of the source, whose files are many and are stripped of their types. */
  readyFromSourceMs: number;
}

/**
 * Searches over HTTP against the product as it is installed, and a bare server with a constant body of the
 * same size, by turns: the machine is noisy, so only the ratio of one run means anything. Some numbers are
 * rented in between.
 */
export async function measureHttp(
  databaseUrl: string,
  secondsPerTurn: number,
  turns: number,
): Promise<HttpResult> {
  const readyMs = await measureStart(PROGRAMS.package, databaseUrl);
  const readyFromSourceMs = await measureStart(PROGRAMS.checkout, databaseUrl);
  await using product = await startProduct(PROGRAMS.package, databaseUrl);
  const available = `${product.url}/v1/projects/${CREDENTIALS.projectId}/availableNumbers`;
  const searchUrl = `${available}?regionCode=US&type=LOCAL`;
  await searchEveryKind(available);
  await rentMany(available);
  const sample = await ask(searchUrl);
  const { availableNumbers } = JSON.parse(sample) as {
    availableNumbers: { phoneNumber: string }[];
  };
  const checkUrl = `${available}/${availableNumbers[0]?.phoneNumber}`;
  await using bareServer = await startScript(BARE_SERVER, [sample], {});

  const rates: { search: number; bare: number; p99Ms: number }[] = [];
  const megabytes: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const search = await load(searchUrl, secondsPerTurn);
    megabytes.push(await residentMegabytes(product));
    const bare = await load(bareServer.url, secondsPerTurn);
    rates.push({
      search: search.requests.average,
      bare: bare.requests.average,
      p99Ms: search.latency.p99,
    });
  }
  const checks = await load(checkUrl, secondsPerTurn);
  return {
    searchesPerSecond: median(rates.map(({ search }) => search)),
    searchP99Ms: median(rates.map(({ p99Ms }) => p99Ms)),
    barePerSecond: median(rates.map(({ bare }) => bare)),
    ratio: median(rates.map(({ search, bare }) => search / bare)),
    checksPerSecond: checks.requests.average,
    megabytes: Math.max(...megabytes),
    readyMs,
    readyFromSourceMs,
  };
}

/** The first start makes what belongs to the installation, and is not counted. */
async function measureStart(program: string, databaseUrl: string): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start <= STARTS; start++) {
    await using product = await startProduct(program, databaseUrl);
    if (start > 0) times.push(product.readyMs);
  }
  return median(times);
}

/** Brings as many different pages into the server's memory as it will ever hold. */
async function searchEveryKind(available: string): Promise<void> {
  const random = createRandom(SEED);
  for (const { criteria } of SEARCH_CASES) {
    for (let i = 0; i < SEARCHES_OF_EACH; i++) {
      // As far as one pattern can ask for it: what matters is that it leads all over the stock.
      const [pattern] = criteria(random).filter?.patterns ?? [];
      const query = new URLSearchParams({ regionCode: 'US', type: 'LOCAL' });
      if (pattern !== undefined) {
        query.set('numberPattern.pattern', pattern.digits);
        query.set('numberPattern.searchPattern', pattern.position);
      }
      await ask(`${available}?${query.toString()}`);
    }
  }
}

/** From all over the stock, so that the connection that writes fills its memory too. */
async function rentMany(available: string): Promise<void> {
  const rentAny = async (count: number) => {
    const body = JSON.stringify({ regionCode: 'US', type: 'LOCAL' });
    for (let i = 0; i < count; i++) await ask(`${available}:rentAny`, { method: 'POST', body });
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => rentAny(RENTS / CONNECTIONS)));
}

async function ask(url: string, request: RequestInit = {}): Promise<string> {
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' };
  const response = await fetch(url, { ...request, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

async function load(url: string, seconds: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { authorization: AUTHORIZATION },
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were errors`);
  return result;
}
