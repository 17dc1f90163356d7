import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { Environment } from '../../src/config.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import { basicAuth, PROJECT } from './test-server.ts';

/** A `numberyard` that runs until it is stopped, in a process of its own with the real clock. */
export interface RunningProcess extends AsyncDisposable {
  child: ChildProcess;
  /** What it has printed so far, line by line. */
  lines: string[];
  stderr: string[];
  /** With which the claims of its worker begin. Only a process that logs at level debug tells it. */
  workerId: Promise<string>;
  /** Sends the signal. @returns how the process ended, and after how long. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; ms: number }>;
}

/** `numberyard serve`: with a worker that runs by itself, unless told otherwise. */
export interface ServerProcess extends RunningProcess {
  url: string;
  /** A request of the first project. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
  /** The time of the sandbox. */
  readClock(): Promise<Timestamp>;
  /** Moves the time of the sandbox. @returns what it is, when everything that is due has been done. */
  advance(by: string): Promise<Timestamp>;
}

/** @returns when it listens. */
export async function startServerProcess(
  databaseUrl: string,
  environment: Environment = {},
  options: readonly string[] = [],
): Promise<ServerProcess> {
  const { banner, ...running } = await startProcess(
    ['serve', ...options],
    { PORT: '0', DATABASE_URL: databaseUrl, ...environment },
    /on (http:\/\/\S+:\d+)$/,
  );
  const [, url = ''] = banner;
  const call = (method: string, pathOfServer: string, body?: unknown) =>
    fetch(url + pathOfServer, {
      method,
      headers: { authorization: basicAuth(PROJECT) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    ...running,
    url,
    fetch: (method, pathOfProject, body) =>
      call(method, `/v1/projects/${PROJECT.id}${pathOfProject}`, body),
    readClock: async () => readNow(await call('GET', '/sandbox/clock')),
    advance: async (by) => readNow(await call('POST', '/sandbox/clock:advance', { by })),
  };
}

async function readNow(response: Response): Promise<Timestamp> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return (JSON.parse(text) as { now: Timestamp }).now;
}

/** `numberyard work`. @returns when it works. */
export function startWorkProcess(
  databaseUrl: string,
  environment: Environment = {},
): Promise<RunningProcess> {
  const variables = { DATABASE_URL: databaseUrl, ...environment };
  return startProcess(['work'], variables, /^Numberyard worker on /);
}

async function startProcess(
  args: readonly string[],
  environment: Environment,
  isUp: RegExp,
): Promise<RunningProcess & { banner: RegExpExecArray }> {
  const bin = path.join(import.meta.dirname, '../../bin/numberyard.js');
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const worker = Promise.withResolvers<string>();
  const banner = await new Promise<RegExpExecArray>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const found = isUp.exec(line);
      if (found !== null) resolve(found);
      const [, workerId] = /^\{.*"worker":"(\w+)"/.exec(line) ?? [];
      if (workerId !== undefined) worker.resolve(workerId);
    });
    void closed.then(() => reject(new Error(`It ended at once: ${stderr.join('\n')}`)));
  });
  return {
    banner,
    child,
    lines,
    stderr,
    workerId: worker.promise,
    async stop(signal) {
      const startedAt = performance.now();
      child.kill(signal);
      await closed;
      const ms = performance.now() - startedAt;
      return { code: child.exitCode, signal: child.signalCode, ms };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
