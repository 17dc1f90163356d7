import { createHash } from 'node:crypto';

import type { Clock } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { beginCopy, type CopySource, endCopy, findUnfinishedCopy } from '../store/copy-progress.ts';
import { analyzeNumbers } from '../store/number.ts';
import {
  findSchemaVersion,
  listMigrations,
  migrateSchema,
  SCHEMA_VERSION,
} from '../store/schema.ts';
import { findSetting } from '../store/setting.ts';
import type { Reader, Store } from '../store/store.ts';
import { describeTable, findTableWithRows, type Table, TABLES } from '../store/table.ts';
import { type ComparedTable, compareTables } from './compare-tables.ts';
import { copyTables } from './copy-tables.ts';

export interface CopyRequest {
  source: Store;
  target: Store;
  /** How the source is called in messages; without its password. */
  sourceName: string;
}

export interface CopyOptions {
  /** Called after each batch of rows: first while rows are copied, then while they are compared. */
  onProgress(step: 'COPY' | 'COMPARE', rowsDone: number, rowsTotal: number): void;
  /** Asked after each batch. When it says yes, the copy stops there, and the next one goes on. */
  isInterrupted(): boolean;
}

/**
 * Makes an empty database the copy of another one, whichever engines they are on, and compares all rows when
 * that is done. Until then the target is marked as unfinished: no server runs on it, and the same copy goes
 * on where it was stopped by whatever stopped it. Needs the same memory for ten rows as for ten million.
 * @returns `undefined` when it was interrupted.
 * @throws DomainError INVALID_ARGUMENT about `source` or `target`, before anything is copied; INTERNAL when
 * the two are not the same in the end.
 */
export async function copyDatabase(
  { clock }: { clock: Clock },
  { source, target, sourceName }: CopyRequest,
  options: CopyOptions,
): Promise<ComparedTable[] | undefined> {
  const sourceId = await source.read(getSourceId);
  assertNotNewer('target', (await target.read(findSchemaVersion)) ?? 0);
  await migrateSchema(target, clock);
  const tables = await describeBoth(source, target);
  await markTarget(target, { sourceId, sourceName });
  if (!(await copyTables(source, target, tables, options))) return undefined;
  await target.write(analyzeNumbers);
  const compared = await compareTables(source, target, tables, options);
  if (compared !== undefined) await target.write(endCopy);
  return compared;
}

/** @throws DomainError INVALID_ARGUMENT when nothing can be copied from there. */
async function getSourceId(db: Reader): Promise<string> {
  const version = await findSchemaVersion(db);
  if (version === undefined) {
    throw invalidField('source', 'the database has no tables of Numberyard');
  }
  if (version < SCHEMA_VERSION) {
    throw invalidField(
      'source',
      `the database has schema ${version}, and this program copies schema ${SCHEMA_VERSION}: run "numberyard migrate" on it first`,
    );
  }
  assertNotNewer('source', version);
  if ((await findUnfinishedCopy(db)) !== undefined) {
    throw invalidField(
      'source',
      'the database is an unfinished copy itself: finish that one first',
    );
  }
  if ((await findTableWithRows(db)) === undefined) {
    throw invalidField('source', 'the database is empty');
  }
  return findDatabaseId(db);
}

function assertNotNewer(side: 'source' | 'target', version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw invalidField(
    side,
    `the database has schema ${version}, and this program knows only up to ${SCHEMA_VERSION}: use the newer program`,
  );
}

/**
 * Tells databases apart: the instants of migrations have microseconds, and where a server has run there is
 * a random key.
 */
async function findDatabaseId(db: Reader): Promise<string> {
  const migrations = await listMigrations(db);
  const marks = [
    ...migrations.map(({ appliedAt }) => appliedAt),
    await findSetting(db, 'token-key'),
  ];
  return createHash('sha256').update(JSON.stringify(marks)).digest('hex');
}

/** @throws DomainError INVALID_ARGUMENT when the target has rows that are not of this copy. */
async function markTarget(target: Store, source: CopySource): Promise<void> {
  await target.write(async (db) => {
    if ((await findUnfinishedCopy(db)) === undefined) {
      await assertEmpty(db, source);
      await beginCopy(db, source, TABLES);
    }
    const marked = await findUnfinishedCopy(db);
    if (marked?.sourceId !== source.sourceId) {
      throw invalidField('target', `the database is an unfinished copy of ${marked?.sourceName}`);
    }
  });
}

async function assertEmpty(db: Reader, source: CopySource): Promise<void> {
  const table = await findTableWithRows(db);
  if (table === undefined) return;
  throw (await findDatabaseId(db)) === source.sourceId
    ? invalidField('target', 'this is the source itself')
    : invalidField('target', `the database is not empty: the table ${table} has rows`);
}

/** @throws DomainError INVALID_ARGUMENT when somebody has changed the tables of one of them by hand. */
async function describeBoth(source: Store, target: Store): Promise<Table[]> {
  const [ofSource, ofTarget] = await Promise.all(
    [source, target].map((store) =>
      store.read(async (db) => {
        const tables: Table[] = [];
        for (const name of TABLES) tables.push(await describeTable(db, name));
        return tables;
      }),
    ),
  );
  const different = ofSource?.find(
    (table, i) => JSON.stringify(table) !== JSON.stringify(ofTarget?.[i]),
  );
  if (different !== undefined) {
    throw invalidField(
      'target',
      `the database has other columns in the table ${different.name} than the source`,
    );
  }
  return ofSource ?? [];
}
