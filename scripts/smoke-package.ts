/**
 * Does what somebody does who installs the published package: builds and packs it, installs it in an empty
 * folder, starts the server there, asks it for a number, and stops it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { publint } from 'publint';

import { buildPackage, PACKAGE_DIR } from './build.ts';

const CREDENTIALS = {
  NUMBERYARD_PROJECT_ID: '0192f0c1-5e0e-7000-8000-000000000001',
  NUMBERYARD_KEY_ID: 'smoke-key',
  NUMBERYARD_KEY_SECRET: 'smoke-secret',
};
/** A first start seeds 200 000 numbers, which takes seconds; this is for a machine that is busy with other things. */
const READY_MS_MAX = 60_000;
const REQUEST_MS_MAX = 10_000;
const STOP_MS_MAX = 15_000;

/** The folder of this Node first, so that the installed command runs on it and not on the machine's own. */
const env = {
  ...process.env,
  PATH: [path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
};

const folder = mkdtempSync(path.join(os.tmpdir(), 'numberyard-smoke-'));
try {
  await buildPackage();
  await checkPackage();
  installPackage();
  await useServer();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkPackage(): Promise<void> {
  const { messages } = await publint({ pkgDir: PACKAGE_DIR, strict: true });
  if (messages.length > 0) throw new Error(`publint: ${JSON.stringify(messages, null, 2)}`);
}

function installPackage(): void {
  const packed = JSON.parse(
    run('npm', ['pack', PACKAGE_DIR, '--json', '--pack-destination', folder]),
  ) as { filename: string; size: number; entryCount: number }[];
  const [tarball] = packed;
  if (tarball === undefined) throw new Error('npm pack made nothing');
  console.log(`packed ${tarball.filename}: ${tarball.entryCount} files, ${tarball.size} bytes`);

  run('npm', ['install', '--prefix', folder, '--offline', path.join(folder, tarball.filename)]);
  console.log('installed, without a network');
}

async function useServer(): Promise<void> {
  const port = await findFreePort();
  const server = spawn(path.join(folder, 'node_modules/.bin/numberyard'), ['serve'], {
    cwd: folder,
    env: {
      ...env,
      ...CREDENTIALS,
      HOST: '127.0.0.1',
      PORT: String(port),
      NUMBERYARD_DATA_DIR: path.join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(server, 'exit');
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }

  try {
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(`${url}/readyz`, exited);
    await askForNumber(url);
    await askForPlace(url);
    for (const page of ['/docs', '/openapi.json', '/openapi.yaml']) {
      const response = await get(`${url}${page}`);
      console.log(`GET ${page}: ${response.status}, ${(await response.text()).length} characters`);
    }

    server.kill('SIGTERM');
    const [code, signal] = await Promise.race([
      exited,
      sleep(STOP_MS_MAX, undefined, { ref: false }).then(() => {
        throw new Error(`the server did not stop within ${STOP_MS_MAX} ms`);
      }),
    ]);
    if (code !== 0) throw new Error(`SIGTERM: the server ended with ${code ?? signal}, not 0`);
    console.log('SIGTERM: stopped with exit code 0');
  } catch (error) {
    console.error(`What the server wrote:\n${log}`);
    throw error;
  } finally {
    server.kill('SIGKILL');
  }
}

async function waitUntilReady(url: string, exited: Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  let ended = false;
  void exited.then(() => (ended = true));
  while (performance.now() - startedAt < READY_MS_MAX) {
    if (ended) throw new Error('the server ended before it was ready');
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS_MAX) }).catch(
      () => undefined,
    );
    if (response?.ok) {
      console.log(`ready after ${Math.round(performance.now() - startedAt)} ms`);
      return;
    }
    await sleep(50);
  }
  throw new Error(`the server was not ready within ${READY_MS_MAX} ms`);
}

async function askForNumber(url: string): Promise<void> {
  const response = await getOfProject(url, '/availableNumbers?regionCode=US&type=MOBILE');
  const { availableNumbers } = (await response.json()) as {
    availableNumbers: { phoneNumber: string }[];
  };
  const [number] = availableNumbers;
  if (number === undefined) throw new Error('the search found no number');
  console.log(`search: ${availableNumbers.length} numbers, the first is ${number.phoneNumber}`);
}

/** The places are data that is loaded when somebody asks for it. */
async function askForPlace(url: string): Promise<void> {
  const question = '/availableNumbers:coverage?regionCode=GB&type=LOCAL&groupBy=locality';
  const { coverage } = (await (await getOfProject(url, question)).json()) as {
    coverage: { locality: string; availableCount: number }[];
  };
  const london = coverage.find(({ locality }) => locality === 'London');
  if (london === undefined) throw new Error('the coverage knows no London');
  console.log(`coverage: ${coverage.length} towns, ${london.availableCount} numbers in London`);
}

/** A server that has something else to do first says so, and is asked again. */
async function getOfProject(url: string, question: string): Promise<Response> {
  const { NUMBERYARD_PROJECT_ID, NUMBERYARD_KEY_ID, NUMBERYARD_KEY_SECRET } = CREDENTIALS;
  const key = Buffer.from(`${NUMBERYARD_KEY_ID}:${NUMBERYARD_KEY_SECRET}`).toString('base64');
  const startedAt = performance.now();
  for (;;) {
    const response = await fetch(`${url}/v1/projects/${NUMBERYARD_PROJECT_ID}${question}`, {
      headers: { authorization: `Basic ${key}` },
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    });
    if (response.ok) return response;
    const text = await response.text();
    if (response.status !== 503 || performance.now() - startedAt > READY_MS_MAX) {
      throw new Error(`GET ${question}: ${response.status} ${text}`);
    }
    await sleep(1000 * Number(response.headers.get('retry-after')));
  }
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS_MAX) });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return response;
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { cwd: folder, env, encoding: 'utf8' });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
