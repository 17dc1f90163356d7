import { DomainError, isUnavailable } from '../errors.ts';
import { type PostgresAddress, readAddress } from './postgres-address.ts';
import { PostgresConnections } from './postgres-connections.ts';
import { postgresCode, stateAfter, wordsOf } from './postgres-errors.ts';
import { findIdentity } from './postgres-identity.ts';
import { parseWalPosition, ReplayLag } from './replay-lag.ts';
import { assertUsableUnlessDown } from './postgres-start-check.ts';
import type { PostgresOptions, Standby, StandbyOptions } from './store.ts';

/** Less than for the primary, which can do its work. */
const CONNECT_TIMEOUT_MS = 2000;
/** A check that waits longer than this for an answer has failed. */
const CHECK_TIMEOUT_MS = 2000;
/** So many checks in a row must find it good before it is used again: one at its limit would come and go each second. */
const CHECKS_BEFORE_RETURN = 3;

/**
 * Opens the standby that the options name, and looks at it once.
 * @throws DomainError UNAVAILABLE when its URL is wrong or leads to another database. Being down is no reason.
 */
export async function openStandby(
  primary: PostgresConnections,
  options: PostgresOptions,
  stack: AsyncDisposableStack,
): Promise<WatchedStandby | undefined> {
  if (options.standby === undefined) return undefined;
  const address = readAddress(options.standby.url, 'READ_DATABASE_URL');
  const connections = stack.use(
    new PostgresConnections({
      client: address.client,
      max: options.connectionsMax,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      statementTimeoutMs: options.statementTimeoutMs,
      sendStatementTimeout: options.prepareStatements,
      mustTakeWrites: false,
    }),
  );
  const isUp = await assertUsableUnlessDown(connections, address);
  if (isUp && options.standby.lagMsMax !== undefined) {
    await assertSameDatabase(connections, primary, address);
  }
  const standby = stack.use(new WatchedStandby(connections, primary, options.standby));
  await standby.check();
  return standby;
}

async function assertSameDatabase(
  connections: PostgresConnections,
  primary: PostgresConnections,
  { variable }: PostgresAddress,
): Promise<void> {
  const here = await findIdentity(connections).catch(() => undefined);
  const there = await findIdentity(primary);
  if (here === undefined || there === undefined || here === there) return;
  throw new DomainError(
    'UNAVAILABLE',
    `${variable} leads to another database than DATABASE_URL, and not to a standby of it: check both.`,
  );
}

/** Watches a standby from beside the primary, and tells whether reads may go to it. */
export class WatchedStandby implements Standby, AsyncDisposable {
  readonly connections: PostgresConnections;
  readonly #primary: PostgresConnections;
  readonly #lagMsMax: number | undefined;
  readonly #lag: ReplayLag;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: (() => void)[] = [];
  #reason: string | undefined = 'it has not been looked at yet';
  /** In a row. Nothing speaks against the first one. */
  #goodChecks = CHECKS_BEFORE_RETURN - 1;
  #checking: Promise<void> | undefined;
  #isIdentified = false;
  #isClosed = false;

  constructor(
    connections: PostgresConnections,
    primary: PostgresConnections,
    { lagMsMax, checkEveryMs }: StandbyOptions,
  ) {
    this.connections = connections;
    this.#primary = primary;
    this.#lagMsMax = lagMsMax;
    this.#lag = new ReplayLag(lagMsMax ?? 0);
    this.#timer = setInterval(() => void this.check(), checkEveryMs).unref();
  }

  get isInUse(): boolean {
    return this.#reason === undefined;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /**
   * Whether a read failed because it ran here, so that it should run on the primary. Where the connection
   * was to blame, the reads that follow go there at once.
   */
  isToBlameFor(error: unknown): boolean {
    if (!(error instanceof DomainError)) {
      // Replay has removed what the statement was reading, or has not brought a table yet that it wants.
      return postgresCode(error) !== '';
    }
    if (!isUnavailable(error)) return false;
    if (stateAfter(error.cause) !== 'FIT') this.#leaveOut(`reads fail: ${wordsOf(error.cause)}`);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#checking;
  }

  async #check(): Promise<void> {
    try {
      const reason = await this.#findReason();
      if (reason !== undefined) this.#leaveOut(reason);
      else if (++this.#goodChecks >= CHECKS_BEFORE_RETURN) this.#change(undefined);
    } catch (error) {
      // When it is back it may be another one.
      this.#isIdentified = false;
      const cause = error instanceof DomainError ? error.cause : error;
      this.#leaveOut(`it does not answer as it should: ${wordsOf(cause)}`);
      // Reads that wait for it go on at the primary.
      this.connections.breakAll();
    }
  }

  /** @returns why it should be left out. */
  async #findReason(): Promise<string | undefined> {
    if (this.#lagMsMax === undefined) {
      await this.connections.ask('SELECT 1', CHECK_TIMEOUT_MS);
      return undefined;
    }
    if (!this.#isIdentified) {
      const here = await findIdentity(this.connections);
      const there = await findIdentity(this.#primary).catch(() => 'no answer');
      if (there === 'no answer') return 'the primary cannot be reached to compare the two';
      if (here !== undefined && there !== undefined && here !== there) {
        return 'it holds another database than the primary';
      }
      this.#isIdentified = true;
    }
    const [unmeasurable, answer] = await Promise.all([
      this.#notePrimary(),
      this.connections.ask<{ is_replaying: boolean; replayed: string | null }>(
        `SELECT pg_is_in_recovery() AS is_replaying, CAST(pg_last_wal_replay_lsn() AS text) AS replayed`,
        CHECK_TIMEOUT_MS,
      ),
    ]);
    if (unmeasurable !== undefined) return unmeasurable;
    if (answer?.is_replaying !== true || answer.replayed === null) return 'it is not a standby';
    switch (this.#lag.judge(performance.now(), parseWalPosition(answer.replayed))) {
      case 'WITHIN':
        return undefined;
      case 'BEHIND':
        return `it is more than ${this.#lagMsMax / 1000} s behind`;
      case 'UNKNOWN':
        return 'the primary cannot be asked how far it is behind';
    }
  }

  /** @returns why the primary does not say how far it is; a failure that may pass is none. */
  async #notePrimary(): Promise<string | undefined> {
    const atMs = performance.now();
    try {
      const answer = await this.#primary.ask<{ written: string }>(
        'SELECT CAST(pg_current_wal_lsn() AS text) AS written',
        CHECK_TIMEOUT_MS,
      );
      if (answer !== undefined) this.#lag.note(atMs, parseWalPosition(answer.written));
      return undefined;
    } catch (error) {
      return error instanceof DomainError
        ? undefined
        : `the primary does not tell how far it is: ${wordsOf(error)}`;
    }
  }

  #leaveOut(reason: string): void {
    this.#goodChecks = 0;
    this.#change(reason);
  }

  /** Tells of each coming and going once; a reason that takes another's place is neither. */
  #change(reason: string | undefined): void {
    const isTurn = (reason === undefined) !== (this.#reason === undefined);
    this.#reason = reason;
    if (isTurn && !this.#isClosed) for (const listener of this.#listeners) listener();
  }
}
