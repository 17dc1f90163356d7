import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import autocannon from 'autocannon';

const CONNECTIONS = 32;
const CREDENTIALS = { projectId: 'bench', keyId: 'bench-key', keySecret: 'bench-secret' };
const AUTHORIZATION = `Basic ${Buffer.from(`${CREDENTIALS.keyId}:${CREDENTIALS.keySecret}`).toString('base64')}`;

export interface HttpResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  rssMiB: number;
}

/**
 * Searches over HTTP against the product as it is shipped, and a bare server with a constant body of the
 * same size, by turns: the machine is noisy, so only the ratio of one run means anything.
 */
export async function measureHttp(
  databaseUrl: string,
  secondsPerTurn: number,
  turns: number,
): Promise<{ search: HttpResult; bare: HttpResult; ratio: number }> {
  await using product = await start('bin/numberyard.js', ['serve'], {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    NUMBERYARD_PROJECT_ID: CREDENTIALS.projectId,
    NUMBERYARD_KEY_ID: CREDENTIALS.keyId,
    NUMBERYARD_KEY_SECRET: CREDENTIALS.keySecret,
  });
  const url = `${product.url}/v1/projects/${CREDENTIALS.projectId}/availableNumbers?regionCode=US&type=LOCAL`;
  const sample = await fetch(url, { headers: { authorization: AUTHORIZATION } });
  if (!sample.ok) throw new Error(`the search answered ${sample.status}`);
  await using bareServer = await start('bench/bare-server.ts', [await sample.text()], {});
  const searches: HttpResult[] = [];
  const bares: HttpResult[] = [];
  for (let turn = 0; turn < turns; turn++) {
    searches.push(await load(url, secondsPerTurn, product.process));
    bares.push(await load(bareServer.url, secondsPerTurn, bareServer.process));
  }
  const search = median(searches);
  const bare = median(bares);
  return { search, bare, ratio: search.requestsPerSecond / bare.requestsPerSecond };
}

function median(results: HttpResult[]): HttpResult {
  const sorted = results.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  return sorted[Math.floor(sorted.length / 2)] as HttpResult;
}

async function load(url: string, seconds: number, server: ChildProcess): Promise<HttpResult> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { authorization: AUTHORIZATION },
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were errors`);
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    rssMiB: await rssMiB(server.pid ?? 0),
  };
}

async function rssMiB(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function start(
  script: string,
  args: string[],
  environment: Record<string, string>,
): Promise<{ url: string; process: ChildProcess } & AsyncDisposable> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (/http:\/\/127\.0\.0\.1:\d+/.test(output)) break;
  }
  // Nobody reads the log lines of a load, but somebody has to take them.
  child.stdout.resume();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  if (url === undefined) throw new Error(`${script} did not start: ${output}`);
  return {
    url,
    process: child,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
