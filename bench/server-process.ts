import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PACKAGE_DIR } from '../scripts/build.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** Not in a line of the log, which begins with a bracket: the server listens a moment before all is ready. */
const URL_SHOWN = /^[^{\n]*(http:\/\/127\.0\.0\.1:\d+)/m;

export const CREDENTIALS = { projectId: 'bench', keyId: 'bench-key', keySecret: 'bench-secret' };

export interface ServerProcess extends AsyncDisposable {
  url: string;
  process: ChildProcess;
  /** From its start to the line that says where it listens. */
  readyMs: number;
}

/** Where the product can be started from. */
export const PROGRAMS = {
  /** As `npm start` does: hundreds of files, whose types are stripped. */
  checkout: path.join(ROOT, 'bin/numberyard.js'),
  /** As it is installed. It has to be built first. */
  package: path.join(PACKAGE_DIR, 'bin/numberyard.js'),
};

/** The product on an existing database. */
export function startProduct(program: string, databaseUrl: string): Promise<ServerProcess> {
  return startScript(program, ['serve'], {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    NUMBERYARD_PROJECT_ID: CREDENTIALS.projectId,
    NUMBERYARD_KEY_ID: CREDENTIALS.keyId,
    NUMBERYARD_KEY_SECRET: CREDENTIALS.keySecret,
  });
}

/** Starts a script that prints where it listens. */
export async function startScript(
  script: string,
  args: string[],
  environment: Record<string, string>,
): Promise<ServerProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (URL_SHOWN.test(output)) break;
  }
  const readyMs = performance.now() - startedAt;
  // Nobody reads the log lines of a load, but somebody has to take them.
  child.stdout.resume();
  const url = URL_SHOWN.exec(output)?.[1];
  if (url === undefined) throw new Error(`${script} did not start: ${output}`);
  return {
    url,
    process: child,
    readyMs,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The resident memory of a process, in megabytes; NaN where the system has no /proc. */
export async function residentMegabytes({ process: { pid } }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1_000_000;
}
