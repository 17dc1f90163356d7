import { once } from 'node:events';
import { createServer } from 'node:net';

import type { Command } from 'commander';

import { type Config, loadConfig } from '../config.ts';
import { formatVariables } from './environment-help.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, addModeOptions, type ConfigFlags, readConfig } from './flags.ts';
import { runUntilStopped } from './run-until-stopped.ts';

const EXAMPLES = `
Examples:
  $ numberyard serve --port 9090 --data-dir /var/lib/numberyard
  $ NUMBERYARD_KEY_ID=ci NUMBERYARD_KEY_SECRET=ci-secret \\
      numberyard serve --database sqlite:ci.sqlite
  $ NUMBERYARD_PLATFORM_URL=https://sms.example.com/numbers \\
      NUMBERYARD_PLATFORM_SECRET=… \\
      numberyard serve --sandbox off --host 0.0.0.0`;

interface ServeFlags extends ConfigFlags {
  /** Commander makes it of `--no-worker`. */
  worker: boolean;
}

export function addServeCommand(program: Command, helpWidth: number): void {
  const command = program
    .command('serve')
    .description('Start the server. Without options: a sandbox with demo numbers in ./data.')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default: 8080)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--no-worker', 'take requests only, and leave the work to "numberyard work"');
  addModeOptions(addDatabaseOptions(command))
    .addHelpText('after', `${EXAMPLES}\n\n${formatVariables(helpWidth)}`)
    .action(serve);
}

async function serve({ worker: startWorker, ...flags }: ServeFlags): Promise<void> {
  const config = readConfig(flags, loadConfig);
  // Only here, because it loads the whole product and the other commands are quick without.
  const { startServer } = await import('../server.ts');
  try {
    await runUntilStopped(async () => {
      await assertCanListen(config);
      return startServer(config, { startWorker });
    });
  } catch (error) {
    throw explainListenFailure(error, config);
  }
}

/** Before the database is made and seeded, which takes longer than to find out. @throws what listening throws. */
async function assertCanListen({ host, port }: Config): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

function explainListenFailure(error: unknown, { host, port }: Config): unknown {
  if (!(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new CommandError(`Port ${port} is taken: choose another with PORT or --port.`);
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return new CommandError(
      `Port ${port} is not for this user: choose one from 1024 with PORT or --port.`,
    );
  }
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo') {
    return new CommandError(
      `${host} is not an address of this machine: choose another with HOST or --host.`,
    );
  }
  return error;
}
