import type { Clock } from '../clock.ts';
import { DomainError } from '../errors.ts';
import type { Dialect } from './dialect.ts';
import { createNumbersAndRentals } from './migrations/0001-numbers-and-rentals.ts';
import type { Store } from './store.ts';

interface Migration {
  version: number;
  name: string;
  statements: (dialect: Dialect) => string[];
}

const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'numbers-and-rentals', statements: createNumbersAndRentals },
];

/** The newest schema this program knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the database to this program's schema: all missing migrations in one transaction.
 * @throws DomainError UNAVAILABLE when a newer program has already changed the schema.
 */
export async function migrate(store: Store, clock: Clock): Promise<void> {
  await store.write(async (db) => {
    await db.run(
      `CREATE TABLE IF NOT EXISTS schema_migration (
        version ${db.dialect.integer} NOT NULL PRIMARY KEY,
        name ${db.dialect.text} NOT NULL,
        applied_at ${db.dialect.text} NOT NULL
      ) ${db.dialect.tableOptions}`,
    );
    const row = await db.get<{ version: number | null }>(
      'SELECT max(version) AS version FROM schema_migration',
    );
    const current = row?.version ?? 0;
    if (current > SCHEMA_VERSION) {
      throw new DomainError(
        'UNAVAILABLE',
        `The database has schema ${current}, and this program knows only up to ${SCHEMA_VERSION}. Use the newer program.`,
      );
    }
    for (const migration of MIGRATIONS.slice(current)) {
      for (const statement of migration.statements(db.dialect)) await db.run(statement);
      await db.run(
        'INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?)',
        migration.version,
        migration.name,
        clock.now(),
      );
    }
  });
}
