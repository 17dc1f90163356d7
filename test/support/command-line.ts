import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Environment, VARIABLES } from '../../src/config.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createTestDatabase, type Engine } from './test-database.ts';
import { createStockedDatabase, type TestPool } from './test-server.ts';

const BIN = path.join(import.meta.dirname, '../../bin/numberyard.js');
/** A command that hangs must not take the whole test run with it. */
const COMMAND_MS_MAX = 60_000;

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A folder of its own in which the real `numberyard` runs. */
export interface CommandLine extends AsyncDisposable {
  folder: string;
  /** Runs `numberyard` to its end, whatever that is. */
  run(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Like `run`, for steps that have to succeed. @returns what it wrote to standard output. */
  mustRun(...args: string[]): Promise<string>;
  /** Starts `numberyard` and leaves it running; the end of the test ends it. */
  start(args: readonly string[], environment?: Environment): ChildProcess;
  write(name: string, content: string | Buffer): Promise<void>;
  read(name: string): Promise<string>;
}

/** A command line whose commands find a database in their environment. */
export interface DatabaseCommandLine extends CommandLine {
  databaseUrl: string;
  /** The same database, for a look at what the commands have done. */
  openStore(): Promise<Store>;
}

interface RunOptions {
  /** A variable that is undefined is not set, DATABASE_URL either. */
  environment?: Environment;
  /** For standard input. */
  input?: string;
}

/** Its database is empty, unless there are pools to begin with: those cost less than commands that make them. */
export async function openCommandLine(
  engine: Engine,
  pools?: readonly TestPool[],
): Promise<DatabaseCommandLine> {
  await using stack = new AsyncDisposableStack();
  const { url: databaseUrl } = stack.use(
    pools === undefined
      ? await createTestDatabase(engine)
      : await createStockedDatabase(engine, pools),
  );
  const cli = stack.use(await openFolder({ DATABASE_URL: databaseUrl }));
  const owned = stack.move();
  return {
    ...cli,
    databaseUrl,
    openStore: () => openStore(databaseUrl),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** For what must not come as far as a database: the only one there is cannot be opened. */
export function openCommandLineWithoutDatabase(): Promise<CommandLine> {
  return openFolder({ DATABASE_URL: `sqlite:${BIN}/a-file-is-no-folder.sqlite` });
}

async function openFolder(standing: Environment): Promise<CommandLine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'numberyard-cli-'));
  const started: ChildProcess[] = [];
  const toEnvironment = (environment: Environment = {}) => ({
    ...cleanEnvironment(),
    ...standing,
    ...environment,
  });
  const run: CommandLine['run'] = (args, { environment, input } = {}) =>
    runCommand(folder, args, toEnvironment(environment), input);
  return {
    folder,
    run,
    async mustRun(...args) {
      const { code, stdout, stderr } = await run(args);
      if (code !== 0) throw new Error(`numberyard ${args.join(' ')}: exit code ${code}\n${stderr}`);
      return stdout;
    },
    start(args, environment) {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        env: toEnvironment(environment),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      started.push(child);
      return child;
    },
    write: (name, content) => writeFile(path.join(folder, name), content),
    read: (name) => readFile(path.join(folder, name), 'utf8'),
    async [Symbol.asyncDispose]() {
      for (const child of started) child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    },
  };
}

/** The same pool of American numbers for every test that needs just any. */
export const US_LOCAL = poolOptions('us-local', 'US', 'USD');

export function poolOptions(name: string, region: string, currency: string): string[] {
  const sells = ['--region', region, '--type', 'LOCAL', '--capabilities', 'SMS,VOICE'];
  const prices = ['--currency', currency, '--setup-price', '0.50', '--monthly-price', '1.00'];
  return ['pool', 'create', name, ...sells, ...prices];
}

function runCommand(
  cwd: string,
  args: readonly string[],
  env: Environment,
  input = '',
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BIN, ...args],
      { cwd, env, timeout: COMMAND_MS_MAX },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** Without what the developer has set for a server of theirs. */
function cleanEnvironment(): Environment {
  const environment = { ...process.env };
  for (const name of Object.keys(VARIABLES)) delete environment[name];
  return environment;
}
