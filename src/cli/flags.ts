import { type Command, InvalidArgumentError, Option } from 'commander';

import { ConfigError, type Environment, type VARIABLES } from '../config.ts';
import { CommandError } from './failure.ts';

/** Options that say the same as a variable, and go before it. */
export interface ConfigFlags {
  port?: string;
  host?: string;
  database?: string;
  /** The two databases of a copy. */
  from?: string;
  to?: string;
  dataDir?: string;
  sandbox?: string;
  logLevel?: string;
}

const FLAGS: Record<keyof ConfigFlags, { option: string; variable: keyof typeof VARIABLES }> = {
  port: { option: '--port', variable: 'PORT' },
  host: { option: '--host', variable: 'HOST' },
  database: { option: '--database', variable: 'DATABASE_URL' },
  from: { option: '--from', variable: 'DATABASE_URL' },
  to: { option: '--to', variable: 'DATABASE_URL' },
  dataDir: { option: '--data-dir', variable: 'NUMBERYARD_DATA_DIR' },
  sandbox: { option: '--sandbox', variable: 'NUMBERYARD_SANDBOX' },
  logLevel: { option: '--log-level', variable: 'NUMBERYARD_LOG_LEVEL' },
};

const FLAG_NAMES = Object.keys(FLAGS) as (keyof ConfigFlags)[];

export function addDatabaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--database <url>', 'the database, as sqlite:PATH or postgres://…').conflicts(
        'dataDir',
      ),
    )
    .option('--data-dir <folder>', 'folder of the database (default: ./data)');
}

/** For commands that run until they are stopped. */
export function addModeOptions(command: Command): Command {
  return command
    .option('--sandbox <on|off>', 'off for production (default: on)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or silent (default: info)');
}

/** Reads the configuration from options and environment; a bad value is named by where it came from. */
export function readConfig<T>(flags: ConfigFlags, load: (environment: Environment) => T): T {
  const environment: Environment = { ...process.env };
  // A folder on the command line is meant, whatever database the environment has.
  if (flags.dataDir !== undefined) delete environment['DATABASE_URL'];
  const given = FLAG_NAMES.filter((name) => flags[name] !== undefined).map((name) => FLAGS[name]);
  for (const name of FLAG_NAMES) {
    const value = flags[name];
    if (value !== undefined) environment[FLAGS[name].variable] = value;
  }
  try {
    return load(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split('\n').map((line) => {
      const flag = given.find(({ variable }) => line.startsWith(`${variable} `));
      return flag === undefined ? line : line.replace(flag.variable, flag.option);
    });
    throw new CommandError(...lines);
  }
}

/** For `option(…, parseWholeNumber)`: the range is the use case's business. */
export function parseWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
