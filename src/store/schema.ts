import type { Clock } from '../clock.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { DomainError } from '../errors.ts';
import { findUnfinishedCopy } from './copy-progress.ts';
import type { Dialect } from './dialect.ts';
import { createNumbersAndRentals } from './migrations/0001-numbers-and-rentals.ts';
import { createKeptAnswers } from './migrations/0002-kept-answers.ts';
import { createHolds } from './migrations/0003-holds.ts';
import { addDeletionLock } from './migrations/0004-deletion-lock.ts';
import { createRentOrders } from './migrations/0005-rent-orders.ts';
import { addEmergencyAddresses } from './migrations/0006-emergency-addresses.ts';
import { createProjectLimits } from './migrations/0007-project-limits.ts';
import { createNumberOrders } from './migrations/0008-number-orders.ts';
import { createAccounts } from './migrations/0009-accounts.ts';
import { addDunning } from './migrations/0010-dunning.ts';
import { addOrderRetention } from './migrations/0011-order-retention.ts';
import type { Reader, Store, Writer } from './store.ts';
import { listTables } from './table.ts';

interface Migration {
  version: number;
  name: string;
  statements: (dialect: Dialect) => string[];
}

const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'numbers-and-rentals', statements: createNumbersAndRentals },
  { version: 2, name: 'kept-answers', statements: createKeptAnswers },
  { version: 3, name: 'holds', statements: createHolds },
  { version: 4, name: 'deletion-lock', statements: addDeletionLock },
  { version: 5, name: 'rent-orders', statements: createRentOrders },
  { version: 6, name: 'emergency-addresses', statements: addEmergencyAddresses },
  { version: 7, name: 'project-limits', statements: createProjectLimits },
  { version: 8, name: 'number-orders', statements: createNumberOrders },
  { version: 9, name: 'accounts', statements: createAccounts },
  { version: 10, name: 'dunning', statements: addDunning },
  { version: 11, name: 'order-retention', statements: addOrderRetention },
];

/** The newest schema this program knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * While another process migrates, a try ends when that one is done; on SQLite also after the ten seconds
 * that a write waits for the file, so that this is ten minutes.
 */
const MIGRATION_TRIES_MAX = 60;

/**
 * Brings the database to this program's schema. Every process does so before it works with a database, and
 * of those that start at once one migrates while the others wait.
 * @returns how many migrations this call has applied.
 * @throws DomainError UNAVAILABLE when a newer program has already changed the schema, or when the database
 * is a copy that is not finished.
 */
export async function migrate(store: Store, clock: Clock): Promise<number> {
  const applied = await migrateSchema(store, clock);
  const copy = await store.read(findUnfinishedCopy);
  if (copy !== undefined) {
    throw new DomainError(
      'UNAVAILABLE',
      `The database is an unfinished copy of ${copy.sourceName}: run the same "numberyard copy" again to finish it.`,
    );
  }
  return applied;
}

/** Like `migrate`, also for a copy that is not finished: all missing migrations in one transaction. */
export async function migrateSchema(store: Store, clock: Clock): Promise<number> {
  if ((await store.read(findKnownVersion)) === SCHEMA_VERSION) return 0;
  for (let tries = 1; ; tries++) {
    try {
      // An index over millions of numbers takes minutes, and so does the wait for whoever makes it.
      return await store.write((db) => applyMigrations(db, clock), { mayTakeLong: true });
    } catch (error) {
      if (!isByAnother(store.dialect, error) || tries === MIGRATION_TRIES_MAX) throw error;
    }
  }
}

/** A migration of this program, and since when the database has it. */
export interface MigrationState {
  version: number;
  name: string;
  appliedAt: Timestamp | undefined;
}

/** @throws DomainError UNAVAILABLE when a newer program has already changed the schema. */
export async function listMigrations(db: Reader): Promise<MigrationState[]> {
  const version = await findKnownVersion(db);
  const applied =
    version === 0
      ? []
      : await db.all<{ version: number; appliedAt: Timestamp }>(
          'SELECT version, applied_at AS "appliedAt" FROM schema_migration',
        );
  const appliedAt = new Map(applied.map((row) => [row.version, row.appliedAt]));
  return MIGRATIONS.map((migration) => ({
    version: migration.version,
    name: migration.name,
    appliedAt: appliedAt.get(migration.version),
  }));
}

/** @returns `undefined` for a database that has none of our tables. */
export async function findSchemaVersion(db: Reader): Promise<number | undefined> {
  if (!(await listTables(db)).includes('schema_migration')) return undefined;
  const row = await db.get<{ version: number | null }>(
    'SELECT max(version) AS version FROM schema_migration',
  );
  return row?.version ?? 0;
}

/** @returns 0 for a database that has no tables. @throws DomainError UNAVAILABLE */
async function findKnownVersion(db: Reader): Promise<number> {
  const version = (await findSchemaVersion(db)) ?? 0;
  if (version > SCHEMA_VERSION) {
    throw new DomainError(
      'UNAVAILABLE',
      `The database has schema ${version}, and this program knows only up to ${SCHEMA_VERSION}. Use the newer program.`,
    );
  }
  return version;
}

async function applyMigrations(db: Writer, clock: Clock): Promise<number> {
  await db.run(
    `CREATE TABLE IF NOT EXISTS schema_migration (
      version ${db.dialect.integer} NOT NULL PRIMARY KEY,
      name ${db.dialect.text} NOT NULL,
      applied_at ${db.dialect.text} NOT NULL
    ) ${db.dialect.tableOptions}`,
  );
  const pending = MIGRATIONS.slice(await findKnownVersion(db));
  for (const migration of pending) {
    // First of all: another process that has the same in mind waits here until this one is done.
    await db.run(
      'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?)',
      migration.version,
      migration.name,
      clock.now(),
    );
    for (const statement of migration.statements(db.dialect)) await db.run(statement);
  }
  return pending.length;
}

/** Whether a migration failed because another process was at it, so that it is worth another look. */
function isByAnother(dialect: Dialect, error: unknown): boolean {
  const reason = error instanceof DomainError ? error.cause : error;
  return dialect.isMigrationRace(reason) || dialect.isTransient(reason);
}
