import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as afterThisTurn } from 'node:timers';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { DomainError } from '../errors.ts';
import { sqliteDialect } from './dialect.ts';
import type { Reader, SqlValue, Store, Writer } from './store.ts';

/** Node's SQLite waits for a lock by blocking the event loop, so it waits briefly and we wait the rest. */
const BUSY_TIMEOUT_MS = 5;
/** How long a write may wait for another process before the caller is told that the database is busy. */
const LOCK_WAIT_MAX_MS = 10_000;
/** Writes that share one commit, and so one flush to the disk. More would make the first ones wait. */
const WRITES_PER_COMMIT_MAX = 128;
const OWNER_ONLY = 0o600;
/**
 * After a write that failed, so many commits give each of their writes a savepoint: a caller who makes one
 * error often makes more. Otherwise there are none, because the pages that they copy for a failure that
 * seldom comes are a quarter of the work.
 */
const COMMITS_WITH_SAVEPOINTS = 64;
/**
 * Of each connection: the upper levels of the indexes of ten million numbers. Measured with 4, 8 and 32 MiB,
 * searches in a file of a gigabyte take the same time; the rest comes from the system's memory.
 */
const CACHE_KIB = 4096;
/** Pages, of 4 KiB, that a write may change before some of them go into the log early: a batch of an import. */
const CHANGED_PAGES = 8192;
/** Pages, of 4 KiB, that the log collects before they are moved into the file: imports are a tenth to a half faster than with the usual 1000. */
const LOG_PAGES = 8000;

interface PendingWrite {
  fn: (db: Writer) => Promise<unknown>;
  settle: (outcome: WriteOutcome) => void;
}

type WriteOutcome = { value: unknown } | { error: unknown };

/**
 * One file, one connection for reading and one for writing. Writes queue up within the process and those
 * that wait together share a commit; one that fails takes none of the others with it. None is answered
 * before the commit.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  makeFolder(dirname(path));
  makeFile(path);
  const writing = await openConnection(path);
  // The first to open a new file changes its header, and locks out others that start at the same moment.
  await onceUnlocked(() => writing.exec('PRAGMA journal_mode = WAL'));
  const reading = await openConnection(path, { readOnly: true });
  const snapshot = new TurnSnapshot(reading);
  const reader = new SqliteHandle(reading, () => snapshot.begin());
  const writer = new SqliteHandle(writing);
  const queue = new WriteQueue(writing, writer, () => snapshot.end());

  return {
    dialect: sqliteDialect,
    read: (fn) => fn(reader),
    readRecent: (fn) => fn(reader),
    readSnapshot: (fn) => readSnapshot(path, fn),
    write: (fn) => queue.add(fn),
    async [Symbol.asyncDispose]() {
      await queue.close();
      snapshot.end();
      reading.close();
      writing.close();
    },
  };
}

/** For its owner only, because it holds secrets. SQLite makes the files beside it with the same rights. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', OWNER_ONLY));
  } catch {
    // SQLite will say why it cannot be opened.
  }
}

/** Level by level: told to make all at once, Node tries for ever where the system answers strangely. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process that started at the same moment may have made it.
    if (existsSync(path)) return;
    throw new DomainError(
      'UNAVAILABLE',
      `The folder ${path} cannot be made: choose another with NUMBERYARD_DATA_DIR or DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function openConnection(
  path: string,
  options: { readOnly?: boolean } = {},
): Promise<DatabaseSync> {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, ...options });
  // Some of these look into the file. FULL: in WAL mode, NORMAL would lose the last commits when the power goes.
  await onceUnlocked(() =>
    database.exec(
      `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA cache_spill = ${CHANGED_PAGES}; PRAGMA wal_autocheckpoint = ${LOG_PAGES}`,
    ),
  );
  return database;
}

/** On a connection of its own, so that the other reads do not stay in the past with it. */
async function readSnapshot<T>(path: string, fn: (db: Reader) => Promise<T>): Promise<T> {
  const connection = await openConnection(path, { readOnly: true });
  try {
    connection.exec('BEGIN');
    return await fn(new SqliteHandle(connection));
  } finally {
    connection.close();
  }
}

class SqliteHandle implements Writer {
  readonly dialect = sqliteDialect;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Those that return arrays instead of objects. */
  readonly #columnStatements = new Map<string, StatementSync>();
  readonly #beforeStatement: () => void;

  constructor(database: DatabaseSync, beforeStatement: () => void = () => {}) {
    this.#database = database;
    this.#beforeStatement = beforeStatement;
  }

  async all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.#prepare(sql).all(...checked(values)) as Row[];
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return this.#prepare(sql).get(...checked(values)) as Row | undefined;
  }

  async column<Value>(sql: string, ...values: SqlValue[]): Promise<Value[]> {
    const rows = this.#prepare(sql, this.#columnStatements).all(...checked(values));
    return (rows as unknown as [Value][]).map(([value]) => value);
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return Number(this.#prepare(sql).run(...checked(values)).changes);
  }

  #prepare(sql: string, statements = this.#statements): StatementSync {
    this.#beforeStatement();
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (statements === this.#columnStatements) statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * One read transaction for all reads of a turn of the event loop: to take and give back its locks costs as
 * much as finding a number. It ends early when this process commits, so that reads see its own writes.
 */
class TurnSnapshot {
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  #isOpen = false;

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare('BEGIN');
    this.#end = database.prepare('COMMIT');
  }

  begin(): void {
    if (this.#isOpen) return;
    this.#begin.run();
    this.#isOpen = true;
    afterThisTurn(() => this.end());
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#end.run();
  }
}

/** Node's SQLite stores NULL for undefined, a Date or an object without a word. */
function checked(values: SqlValue[]): SqlValue[] {
  for (const value of values) {
    const type = typeof value;
    if (type !== 'string' && type !== 'number' && type !== 'bigint' && value !== null) {
      throw new TypeError(`Not a value for a column: ${type}`);
    }
  }
  return values;
}

class WriteQueue {
  readonly #database: DatabaseSync;
  readonly #handle: SqliteHandle;
  readonly #afterCommit: () => void;
  readonly #inside = new AsyncLocalStorage<true>();
  #waiting: PendingWrite[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  #commitsWithSavepoints = 0;

  constructor(database: DatabaseSync, handle: SqliteHandle, afterCommit: () => void) {
    this.#database = database;
    this.#handle = handle;
    this.#afterCommit = afterCommit;
  }

  add<T>(fn: (db: Writer) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The store is closed.'));
    if (this.#inside.getStore()) {
      return Promise.reject(new Error('A write inside a write would wait for itself.'));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        fn,
        settle: (outcome) =>
          'error' in outcome ? reject(outcome.error as Error) : resolve(outcome.value as T),
      });
      this.#running ??= this.#run();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let the requests that are already at the socket join this commit.
      await setImmediate();
      const group = this.#waiting.splice(0, WRITES_PER_COMMIT_MAX);
      const outcomes = await this.#commitTogether(group).catch((error: unknown) =>
        group.map(() => ({ error })),
      );
      group.forEach((write, i) => write.settle(outcomes[i] as WriteOutcome));
    }
    this.#running = undefined;
  }

  /** @throws when the whole group failed, with nothing of it written. */
  async #commitTogether(group: PendingWrite[]): Promise<WriteOutcome[]> {
    if (this.#commitsWithSavepoints === 0) {
      try {
        return await this.#commit(group, (write) => this.#runPlain(write));
      } catch (error) {
        if (!(error instanceof FailedWrite)) throw error;
        // Nothing of the group is written. Where there were others, they run again, from their start.
        if (group.length === 1) return [{ error: error.cause }];
        this.#commitsWithSavepoints = COMMITS_WITH_SAVEPOINTS;
      }
    }
    this.#commitsWithSavepoints--;
    return this.#commit(group, (write) => this.#runInSavepoint(write));
  }

  async #commit(
    group: PendingWrite[],
    run: (write: PendingWrite) => Promise<WriteOutcome>,
  ): Promise<WriteOutcome[]> {
    // IMMEDIATE takes the write lock at once: a deferred transaction could fail half-way.
    await onceUnlocked(() => this.#database.exec('BEGIN IMMEDIATE'));
    const outcomes: WriteOutcome[] = [];
    try {
      for (const write of group) outcomes.push(await run(write));
      this.#database.exec('COMMIT');
      this.#afterCommit();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    return outcomes;
  }

  /** @throws FailedWrite */
  async #runPlain(write: PendingWrite): Promise<WriteOutcome> {
    try {
      return { value: await this.#call(write) };
    } catch (error) {
      throw new FailedWrite('A write failed.', { cause: error });
    }
  }

  async #runInSavepoint(write: PendingWrite): Promise<WriteOutcome> {
    this.#database.exec('SAVEPOINT write');
    try {
      const value = await this.#call(write);
      this.#database.exec('RELEASE write');
      return { value };
    } catch (error) {
      this.#database.exec('ROLLBACK TO write; RELEASE write');
      return { error };
    }
  }

  async #call(write: PendingWrite): Promise<unknown> {
    const handle = new ClosableWriter(this.#handle);
    try {
      return await this.#inside.run(true, () => write.fn(handle));
    } finally {
      handle.close();
    }
  }
}

/** The caller's function threw, and not the transaction around it. */
class FailedWrite extends Error {}

/** A handle kept beyond its transaction would write into somebody else's: it refuses instead. */
class ClosableWriter implements Writer {
  readonly dialect = sqliteDialect;
  #handle: Writer | undefined;

  constructor(handle: Writer) {
    this.#handle = handle;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.#open().all<Row>(sql, ...values);
  }

  get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return this.#open().get<Row>(sql, ...values);
  }

  column<Value>(sql: string, ...values: SqlValue[]): Promise<Value[]> {
    return this.#open().column<Value>(sql, ...values);
  }

  run(sql: string, ...values: SqlValue[]): Promise<number> {
    return this.#open().run(sql, ...values);
  }

  close(): void {
    this.#handle = undefined;
  }

  #open(): Writer {
    if (this.#handle === undefined) throw new Error('This transaction has ended.');
    return this.#handle;
  }
}

/** Does a step that takes a lock, as soon as no other process has it. @throws DomainError UNAVAILABLE */
async function onceUnlocked(takeLock: () => void): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      takeLock();
      return;
    } catch (error) {
      if (!sqliteDialect.isTransient(error)) throw error;
      if (performance.now() - startedAt > LOCK_WAIT_MAX_MS) throw databaseBusy(error);
      await setTimeout(BUSY_TIMEOUT_MS);
    }
  }
}

function databaseBusy(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'The database is busy; try again.', { cause });
}
