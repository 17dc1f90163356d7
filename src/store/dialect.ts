import { postgresCode } from './postgres-errors.ts';

/**
 * Every difference between the database engines. The rest of `store/` writes one SQL for all of them,
 * with `?` for parameters.
 */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres';
  /** Column types: text compares byte by byte, integers hold at least 53 bits. */
  readonly text: string;
  readonly integer: string;
  /** What follows the closing bracket of CREATE TABLE. */
  readonly tableOptions: string;
  /** The same for a table whose rows live in its primary key, where the engine has such tables. */
  readonly keyedTableOptions: string;
  /** A table of one column `value` from one parameter that holds a JSON array of texts. */
  readonly jsonTextList: string;
  /** A SELECT of those columns from one parameter that holds a JSON array of arrays. Columns are text unless `types` says otherwise. */
  selectJsonRows(columns: readonly string[], types: Readonly<Record<string, string>>): string;
  /** Put behind a SELECT that picks rows to claim, so that claimers pass each other by. */
  readonly skipLocked: string;
  /**
   * Run after many numbers were added: a planner that has not seen them would walk through the whole table
   * for each range of a search. Empty where plans do not depend on it.
   */
  readonly analyzeNumbers: string;
  /** Put behind a SELECT of one row that the transaction goes on to change, so that others wait for it. */
  readonly forUpdate: string;
  /** The same for a row that others refer to: rows that refer to it can be inserted meanwhile. */
  readonly forNoKeyUpdate: string;
  /** The names of all tables, in a column `name`. */
  readonly listTables: string;
  /**
   * The columns of the table that the parameter names, in order of their names: `name`, `type`, and
   * `keyPosition`, which is 1 for the first column of the primary key and 0 for those outside of it.
   */
  readonly listColumns: string;
  /** Whether a statement failed because of this unique index, named, and with its `table.column`s. */
  isUniqueViolation(error: unknown, index: string, columns: string): boolean;
  /** Whether rows were refused by any rule of their table: a key, a reference, a check. */
  isConstraintViolation(error: unknown): boolean;
  /** Whether another process has made the same tables, or applied the same migration, a moment earlier. */
  isMigrationRace(error: unknown): boolean;
  /** The same work may succeed when it is tried again. */
  isTransient(error: unknown): boolean;
}

const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  text: 'TEXT',
  integer: 'INTEGER',
  tableOptions: 'STRICT',
  keyedTableOptions: 'STRICT, WITHOUT ROWID',
  jsonTextList: '(SELECT value FROM json_each(?))',
  selectJsonRows: (columns) =>
    // "WHERE true" keeps SQLite from reading a following ON CONFLICT as a join's ON.
    `SELECT ${columns.map((column, i) => `value ->> ${i} AS ${column}`).join(', ')} FROM json_each(?) WHERE true`,
  // One writer at a time: there is nobody to pass by.
  skipLocked: '',
  forUpdate: '',
  forNoKeyUpdate: '',
  analyzeNumbers: '',
  listTables:
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'",
  listColumns: 'SELECT name, type, pk AS "keyPosition" FROM pragma_table_info(?) ORDER BY name',
  // The message names the columns and not the index.
  isUniqueViolation: (error, _index, columns) =>
    sqliteCode(error) === SQLITE_CONSTRAINT_UNIQUE &&
    String(error).endsWith(`UNIQUE constraint failed: ${columns}`),
  isConstraintViolation: (error) => (sqliteCode(error) & 0xff) === SQLITE_CONSTRAINT,
  // Whoever migrates has the file for itself from the first look at its version.
  isMigrationRace: () => false,
  isTransient: (error) => (sqliteCode(error) & 0xff) === SQLITE_BUSY,
};

export const postgresDialect: Dialect = {
  engine: 'postgres',
  // The C collation compares bytes, as SQLite does: ranges of digits and of instants depend on it.
  text: 'TEXT COLLATE "C"',
  integer: 'BIGINT',
  tableOptions: '',
  keyedTableOptions: '',
  jsonTextList:
    '(SELECT list.value COLLATE "C" AS value FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS list (value))',
  selectJsonRows: (columns, types) =>
    `SELECT ${columns
      .map((column, i) => `CAST(list.value ->> ${i} AS ${types[column] ?? 'TEXT'}) AS ${column}`)
      .join(', ')} FROM jsonb_array_elements(CAST(? AS jsonb)) AS list (value)`,
  skipLocked: 'FOR UPDATE SKIP LOCKED',
  forUpdate: 'FOR UPDATE',
  forNoKeyUpdate: 'FOR NO KEY UPDATE',
  analyzeNumbers: 'ANALYZE number',
  listTables: 'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()',
  // From the catalog: the information schema hides keys from users who may only read.
  listColumns: `SELECT attname AS name, format_type(atttypid, NULL) AS type, coalesce((
      SELECT key.position FROM pg_index, unnest(pg_index.indkey) WITH ORDINALITY AS key (attnum, position)
      WHERE pg_index.indrelid = attrelid AND indisprimary AND key.attnum = pg_attribute.attnum
    ), 0) AS "keyPosition"
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relname = ? AND relnamespace = CAST(current_schema() AS regnamespace)
      AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
  isUniqueViolation: (error, index) =>
    postgresCode(error) === '23505' && (error as { constraint?: string }).constraint === index,
  isConstraintViolation: (error) => postgresCode(error).startsWith('23'),
  // Also where the table is made IF NOT EXISTS: the second one trips over the catalog's own indexes.
  isMigrationRace: (error) =>
    postgresCode(error) === '23505' &&
    /^(pg_|schema_migration_)/.test((error as { constraint?: string }).constraint ?? ''),
  // Serialisation failure, deadlock.
  isTransient: (error) => ['40001', '40P01'].includes(postgresCode(error)),
};

function sqliteCode(error: unknown): number {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    return error.errcode;
  }
  return 0;
}
