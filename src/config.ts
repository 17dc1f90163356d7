import type { DunningPolicy } from './domain/dunning.ts';
import type { HoldPolicy } from './domain/hold-policy.ts';
import { ID_RULE, isId } from './domain/id.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { type NumberOrderConfig, readNumberOrderConfig } from './number-order-config.ts';
import { readDunningPolicy, readHoldPolicy } from './policy-config.ts';
import { parsePostgresUrl, PostgresUrlError } from './store/postgres-url.ts';
import type { PostgresOptions, StandbyOptions } from './store/store.ts';

/** Everything that can be set from outside, read once at start. */
export interface Config {
  host: string;
  /** 0 picks a free port. */
  port: number;
  databaseUrl: string;
  postgres: PostgresOptions;
  /** Demo stock, magic ids, a movable clock, loopback callbacks. Never for real numbers. */
  sandbox: boolean;
  /** Fixes the sandbox's first project and key; what is missing is made up. */
  firstProject: { projectId?: string; keyId?: string; keySecret?: string };
  /** Opens the admin API and guards the metrics. `undefined`: there is no admin API. */
  operatorToken: string | undefined;
  /** How the outside reaches this server, without a slash at the end; `undefined`: as it listens. */
  publicUrl: string | undefined;
  platform: PlatformConfig;
  provisioning: {
    /** How long to wait before each further try while the platform is unavailable; then it has failed. */
    retryDelaysMs: number[];
    /** How long an accepted step may take before it has failed. */
    deadlineMs: number;
  };
  callback: {
    timeoutMs: number;
    /** How long to wait before each further attempt; after the last the delivery has failed. */
    retryDelaysMs: number[];
  };
  hold: HoldPolicy;
  dunning: DunningPolicy;
  numberOrder: NumberOrderConfig;
  logLevel: LogLevel;
}

export type PlatformConfig =
  | { kind: 'sandbox'; delayMs: number }
  | { kind: 'http'; url: string; secret: string; timeoutMs: number; pollAfterMs: number };

/** What the environment or the flags got wrong, all of it, one line each. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Every variable, with its default and meaning: which is what `--help` prints. */
export const VARIABLES = {
  PORT: ['8080', 'port to listen on; 0 picks a free one'],
  HOST: ['127.0.0.1', 'address to listen on; 0.0.0.0 for all'],
  DATABASE_URL: ['sqlite:DATA_DIR/…', 'the database: sqlite:PATH or postgres://…'],
  NUMBERYARD_DATA_DIR: ['./data', 'folder for the database when DATABASE_URL is not set'],
  NUMBERYARD_DATABASE_CONNECTIONS: ['10', 'PostgreSQL: connections of this process at most'],
  NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS: [
    '30',
    'PostgreSQL: how long a statement may take',
  ],
  NUMBERYARD_DATABASE_PREPARE: ['on', 'PostgreSQL: off behind a transaction-mode pooler'],
  READ_DATABASE_URL: ['', 'PostgreSQL: a standby for searches and lists, postgres://…'],
  NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: [
    '10',
    'how far behind the standby may be; off: it is not measured',
  ],
  NUMBERYARD_SANDBOX: ['on', 'on: demo stock, magic ids, movable clock; off: production'],
  NUMBERYARD_PROJECT_ID: ['', "the sandbox's first project (default: random)"],
  NUMBERYARD_KEY_ID: ['', 'its access key (default: random)'],
  NUMBERYARD_KEY_SECRET: ['', "the key's secret (default: random, shown once)"],
  NUMBERYARD_OPERATOR_TOKEN: ['', 'opens /admin/v1 and guards /metrics; at least 16 characters'],
  NUMBERYARD_PUBLIC_URL: [
    '',
    'how others reach this server (default: http://HOST:PORT); "work" needs it for the http platform',
  ],
  NUMBERYARD_PLATFORM: ['', 'sandbox or http (default: sandbox in sandbox mode, else http)'],
  NUMBERYARD_PLATFORM_URL: ['', 'http platform: where provisioning requests are posted'],
  NUMBERYARD_PLATFORM_SECRET: [
    '',
    'http platform: signs requests and reports; at least 16 characters',
  ],
  NUMBERYARD_PLATFORM_TIMEOUT_SECONDS: ['10', 'http platform: how long to wait for an answer'],
  NUMBERYARD_PLATFORM_POLL_SECONDS: ['60', 'http platform: when to ask again after ACCEPTED'],
  NUMBERYARD_SANDBOX_DELAY_MS: ['500', 'sandbox platform: how long a provisioning takes'],
  NUMBERYARD_PROVISIONING_RETRY_SECONDS: [
    '1,5,30,120,600,3600',
    'waits between tries while the platform is unavailable',
  ],
  NUMBERYARD_PROVISIONING_DEADLINE_SECONDS: ['86400', 'how long an accepted step may take'],
  NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: ['10', 'how long a callback may take'],
  NUMBERYARD_CALLBACK_RETRY_SECONDS: [
    '5,30,120,600,3600,10800,21600',
    'waits between attempts of a callback',
  ],
  NUMBERYARD_HOLD_SECONDS: ['900', 'how long a hold lasts that does not say so'],
  NUMBERYARD_HOLD_SECONDS_MAX: ['3600', 'the longest that a hold, or its extension, may ask for'],
  NUMBERYARD_HOLD_LIFE_SECONDS_MAX: [
    '7200',
    'the longest that a number stays held, extensions included',
  ],
  NUMBERYARD_HOLD_NUMBERS_MAX: ['100', 'numbers that one request may hold'],
  NUMBERYARD_PROJECT_HOLDS_MAX: [
    '100',
    'numbers that a project may hold at a time without a limit of its own',
  ],
  NUMBERYARD_DUNNING_GRACE_DAYS: ['7', 'how long a number works whose renewal is not covered'],
  NUMBERYARD_DUNNING_END_DAYS: [
    '30',
    'when such a number ends, counted from the same day; until then it is suspended',
  ],
  NUMBERYARD_REQUIRE_NUMBER_ORDERS: [
    'off',
    'on: numbers that require documents are rented by number orders only',
  ],
  NUMBERYARD_REQUIREMENTS_FILE: [
    '',
    'JSON: what number orders require, by region and type (default: as for the demo stock)',
  ],
  NUMBERYARD_NUMBER_ORDER_SECONDS: [
    '172800',
    'how long a number order has its numbers until it is submitted',
  ],
  NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: [
    '1000',
    'numbers that the open number orders of a project may have',
  ],
  NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX: [
    '1000000000',
    'bytes that the documents of the open number orders of a project may have',
  ],
  NUMBERYARD_NUMBER_ORDER_RETENTION_DAYS: [
    '90',
    'how long registrations and documents of number orders that are over are kept; 0: for ever',
  ],
  NUMBERYARD_LOG_LEVEL: ['info', LOG_LEVELS.join(', ')],
} as const satisfies Record<string, readonly [fallback: string, meaning: string]>;

type Variable = keyof typeof VARIABLES;
export type Environment = Partial<Record<string, string>>;

const DELAY_MAX_SECONDS = 30 * 86_400;
const DELAYS_MAX = 20;
/** More than a PostgreSQL server usually allows to all of its clients together. */
const CONNECTIONS_MAX = 1000;
const SECRET_LENGTH_MIN = 16;
/** A statement that takes a day is not one of ours; and timers end at 24 days. */
const STATEMENT_TIMEOUT_MAX_SECONDS = 86_400;
/** Older searches than this help nobody; and what the primary had is remembered for so long. */
const STANDBY_LAG_MAX_SECONDS = 3600;
const CHECK_STANDBY_EVERY_MS = 1000;

/**
 * @param listens false for a process that has to be told where others are reached.
 * @throws ConfigError that names every variable with a bad value.
 */
export function loadConfig(environment: Environment, { listens } = { listens: true }): Config {
  const read = new Reading(environment);
  const sandbox = read.choice('NUMBERYARD_SANDBOX', ['on', 'off']) === 'on';
  const { databaseUrl, postgres } = readDatabase(read);
  const config: Config = {
    host: read.text('HOST'),
    port: read.integer('PORT', 0, 65_535),
    databaseUrl,
    // What only works asks the primary alone.
    postgres: { ...postgres, standby: listens ? readStandby(read, databaseUrl) : undefined },
    sandbox,
    firstProject: readFirstProject(read, sandbox),
    operatorToken: read.secret('NUMBERYARD_OPERATOR_TOKEN'),
    publicUrl: read.url('NUMBERYARD_PUBLIC_URL'),
    platform: readPlatform(read, sandbox),
    provisioning: {
      retryDelaysMs: read.delays('NUMBERYARD_PROVISIONING_RETRY_SECONDS'),
      deadlineMs: read.seconds('NUMBERYARD_PROVISIONING_DEADLINE_SECONDS'),
    },
    callback: {
      timeoutMs: read.seconds('NUMBERYARD_CALLBACK_TIMEOUT_SECONDS'),
      retryDelaysMs: read.delays('NUMBERYARD_CALLBACK_RETRY_SECONDS'),
    },
    hold: readHoldPolicy(read),
    dunning: readDunningPolicy(read),
    numberOrder: readNumberOrderConfig(read),
    logLevel: read.choice('NUMBERYARD_LOG_LEVEL', LOG_LEVELS),
  };
  if (!listens && config.platform.kind === 'http' && config.publicUrl === undefined) {
    const why = 'it is where the http platform reports to, and this process does not listen';
    read.problem('NUMBERYARD_PUBLIC_URL', `is required: ${why}`);
  }
  read.throwProblems();
  return config;
}

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'postgres'>;

/** Only the database, for commands that serve nothing. @throws ConfigError */
export function loadDatabaseConfig(environment: Environment): DatabaseConfig {
  const read = new Reading(environment);
  const database = readDatabase(read);
  read.throwProblems();
  return database;
}

function readDatabase(read: Reading): DatabaseConfig {
  return {
    databaseUrl: readDatabaseUrl(read),
    postgres: {
      connectionsMax: read.integer('NUMBERYARD_DATABASE_CONNECTIONS', 1, CONNECTIONS_MAX),
      statementTimeoutMs: read.seconds(
        'NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS',
        STATEMENT_TIMEOUT_MAX_SECONDS,
      ),
      prepareStatements: read.choice('NUMBERYARD_DATABASE_PREPARE', ['on', 'off']) === 'on',
    },
  };
}

function readDatabaseUrl(read: Reading): string {
  const url = read.optional('DATABASE_URL');
  if (url === undefined) return `sqlite:${read.text('NUMBERYARD_DATA_DIR')}/numberyard.sqlite`;
  if (!/^(sqlite:.|postgres(ql)?:\/\/)/.test(url)) {
    read.problem('DATABASE_URL', 'must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE');
  } else if (!url.startsWith('sqlite:')) {
    read.postgresUrl('DATABASE_URL', url);
  }
  return url;
}

function readStandby(read: Reading, databaseUrl: string): StandbyOptions | undefined {
  const url = read.optional('READ_DATABASE_URL');
  if (url === undefined) return undefined;
  if (databaseUrl.startsWith('sqlite:')) {
    read.problem('READ_DATABASE_URL', 'goes only with a DATABASE_URL that is postgres://…');
  } else if (!/^postgres(ql)?:\/\//.test(url)) {
    read.problem('READ_DATABASE_URL', 'must be postgres://USER:PASSWORD@HOST/DATABASE');
  } else {
    read.postgresUrl('READ_DATABASE_URL', url);
  }
  const lag = 'NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX';
  return {
    url,
    lagMsMax: read.text(lag) === 'off' ? undefined : read.seconds(lag, STANDBY_LAG_MAX_SECONDS),
    checkEveryMs: CHECK_STANDBY_EVERY_MS,
  };
}

function readFirstProject(read: Reading, sandbox: boolean): Config['firstProject'] {
  const firstProject: Config['firstProject'] = {};
  for (const [variable, field] of [
    ['NUMBERYARD_PROJECT_ID', 'projectId'],
    ['NUMBERYARD_KEY_ID', 'keyId'],
    ['NUMBERYARD_KEY_SECRET', 'keySecret'],
  ] as const) {
    const value = read.optional(variable);
    if (value === undefined) continue;
    if (field !== 'keySecret' && !isId(value)) read.problem(variable, ID_RULE);
    if (!sandbox) {
      read.problem(variable, 'is only for sandbox mode; use "numberyard key create"');
    }
    firstProject[field] = value;
  }
  return firstProject;
}

function readPlatform(read: Reading, sandbox: boolean): PlatformConfig {
  const chosen = read.optional('NUMBERYARD_PLATFORM') ?? (sandbox ? 'sandbox' : 'http');
  if (chosen === 'sandbox') {
    if (!sandbox) {
      read.problem('NUMBERYARD_PLATFORM', 'cannot be sandbox while NUMBERYARD_SANDBOX is off');
    }
    return {
      kind: 'sandbox',
      delayMs: read.integer('NUMBERYARD_SANDBOX_DELAY_MS', 0, DELAY_MAX_SECONDS * 1000),
    };
  }
  if (chosen !== 'http') read.problem('NUMBERYARD_PLATFORM', 'must be sandbox or http');
  const url = read.url('NUMBERYARD_PLATFORM_URL');
  const secret = read.secret('NUMBERYARD_PLATFORM_SECRET');
  const why = sandbox ? 'is required for the http platform' : 'is required outside sandbox mode';
  if (url === undefined) read.problem('NUMBERYARD_PLATFORM_URL', why);
  if (secret === undefined) read.problem('NUMBERYARD_PLATFORM_SECRET', why);
  return {
    kind: 'http',
    url: url ?? '',
    secret: secret ?? '',
    timeoutMs: read.seconds('NUMBERYARD_PLATFORM_TIMEOUT_SECONDS'),
    pollAfterMs: read.seconds('NUMBERYARD_PLATFORM_POLL_SECONDS'),
  };
}

/** For commands that review orders. @throws ConfigError */
export function loadNumberOrderConfig(environment: Environment): NumberOrderConfig {
  const read = new Reading(environment);
  const numberOrder = readNumberOrderConfig(read);
  read.throwProblems();
  return numberOrder;
}

/** Reads variables and collects what is wrong with them. An empty variable counts as not set. */
class Reading {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  problem(variable: Variable, description: string): void {
    this.#problems.push(`${variable} ${description}.`);
  }

  throwProblems(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  optional(variable: Variable): string | undefined {
    return this.#environment[variable] || undefined;
  }

  text(variable: Variable): string {
    return this.optional(variable) ?? VARIABLES[variable][0];
  }

  integer(variable: Variable, min: number, max: number): number {
    const text = this.text(variable);
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      this.problem(variable, `must be a whole number from ${min} to ${max}, not "${text}"`);
    }
    return value;
  }

  seconds(variable: Variable, max = DELAY_MAX_SECONDS): number {
    return this.integer(variable, 1, max) * 1000;
  }

  delays(variable: Variable): number[] {
    const parts = this.text(variable).split(',');
    const valid = parts.every(
      (part) => /^\d{1,7}$/.test(part) && Number(part) <= DELAY_MAX_SECONDS,
    );
    if (!valid || parts.length > DELAYS_MAX) {
      this.problem(variable, `must be up to ${DELAYS_MAX} numbers of seconds with commas between`);
    }
    return parts.map((part) => Number(part) * 1000);
  }

  choice<Choice extends string>(variable: Variable, choices: readonly Choice[]): Choice {
    const text = this.text(variable);
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) {
      this.problem(variable, `must be one of ${choices.join(', ')}, not "${text}"`);
    }
    return choice ?? (choices[0] as Choice);
  }

  url(variable: Variable): string | undefined {
    const text = this.optional(variable);
    if (text === undefined) return undefined;
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      this.problem(variable, 'must be an http or https URL');
    }
    return text.replace(/\/+$/, '');
  }

  postgresUrl(variable: Variable, url: string): void {
    try {
      parsePostgresUrl(url);
    } catch (error) {
      if (!(error instanceof PostgresUrlError)) throw error;
      this.problem(variable, error.message);
    }
  }

  secret(variable: Variable): string | undefined {
    const text = this.optional(variable);
    if (text !== undefined && text.length < SECRET_LENGTH_MIN) {
      this.problem(variable, `must have at least ${SECRET_LENGTH_MIN} characters`);
    }
    return text;
  }
}
