import { once } from 'node:events';
import { createServer } from 'node:net';

import closeWithGrace from 'close-with-grace';
import type { Command } from 'commander';

import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { RunningServer } from '../server.ts';
import { formatVariables } from './environment-help.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags, readConfig } from './flags.ts';

/** After SIGTERM or SIGINT, requests and jobs have this long to finish. Orchestrators kill after 30 s or so. */
const STOP_MS_MAX = 10_000;

const EXAMPLES = `
Examples:
  $ numberyard serve --port 9090 --data-dir /var/lib/numberyard
  $ NUMBERYARD_KEY_ID=ci NUMBERYARD_KEY_SECRET=ci-secret \\
      numberyard serve --database sqlite:ci.sqlite
  $ NUMBERYARD_PLATFORM_URL=https://sms.example.com/numbers \\
      NUMBERYARD_PLATFORM_SECRET=… \\
      numberyard serve --sandbox off --host 0.0.0.0`;

export function addServeCommand(program: Command, helpWidth: number): void {
  const command = program
    .command('serve')
    .description('Start the server. Without options: a sandbox with demo numbers in ./data.')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default: 8080)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)');
  addDatabaseOptions(command)
    .option('--sandbox <on|off>', 'off for production (default: on)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or silent (default: info)')
    .addHelpText('after', `${EXAMPLES}\n\n${formatVariables(helpWidth)}`)
    .action(serve);
}

async function serve(flags: ConfigFlags): Promise<void> {
  const config = readConfig(flags, loadConfig);
  // Only here, because it loads the whole product and the other commands are quick without.
  const { startServer } = await import('../server.ts');

  let server: RunningServer | undefined;
  const grace = closeWithGrace(
    {
      delay: STOP_MS_MAX,
      onTimeout: () => console.error(`Not everything ended within ${STOP_MS_MAX / 1000} seconds.`),
    },
    async ({ err }) => {
      if (err !== undefined) console.error(err);
      await server?.[Symbol.asyncDispose]();
    },
  );
  try {
    await assertCanListen(config);
    server = await startServer(config);
  } catch (error) {
    grace.uninstall();
    throw explainStartFailure(error, config);
  }
  console.log(server.banner);
}

/** Before the database is made and seeded, which takes longer than to find out. @throws what listening throws. */
async function assertCanListen({ host, port }: Config): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

function explainStartFailure(error: unknown, { host, port }: Config): unknown {
  if (error instanceof ConfigError) return new CommandError(error.message);
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
