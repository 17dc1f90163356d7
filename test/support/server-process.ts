import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { systemClock } from '../../src/clock.ts';
import type { Environment } from '../../src/config.ts';
import { migrate } from '../../src/store/schema.ts';
import { openStore } from '../../src/store/store.ts';
import { addPool, addProject, basicAuth, PROJECT, type TestPool } from './test-server.ts';

/** `numberyard serve` in a process of its own, with the real clock and a worker that runs by itself. */
export interface ServerProcess extends AsyncDisposable {
  url: string;
  child: ChildProcess;
  /** What it has printed so far, line by line. */
  lines: string[];
  stderr: string[];
  /** A request of the first project. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
  /** Sends the signal. @returns how the process ended, and after how long. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; ms: number }>;
}

/** A database with the first project and these pools, for server processes to run on. */
export async function prepareDatabase(
  databaseUrl: string,
  pools: readonly TestPool[],
): Promise<void> {
  await using store = await openStore(databaseUrl);
  await migrate(store, systemClock);
  await addProject(store, PROJECT);
  for (const pool of pools) await addPool(store, pool);
}

/** @returns when it listens. */
export async function startServerProcess(
  databaseUrl: string,
  environment: Environment = {},
): Promise<ServerProcess> {
  const bin = path.join(import.meta.dirname, '../../bin/numberyard.js');
  const child = spawn(process.execPath, [bin, 'serve'], {
    env: { ...process.env, PORT: '0', DATABASE_URL: databaseUrl, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const listening = /on (http:\/\/\S+:\d+)$/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void closed.then(() => reject(new Error(`It ended at once: ${stderr.join('\n')}`)));
  });
  return {
    url,
    child,
    lines,
    stderr,
    fetch: (method, pathOfProject, body) =>
      fetch(`${url}/v1/projects/${PROJECT.id}${pathOfProject}`, {
        method,
        headers: { authorization: basicAuth(PROJECT) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
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
