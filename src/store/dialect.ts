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
  /** Whether a statement failed because of this unique index, named, and with its `table.column`s. */
  isUniqueViolation(error: unknown, index: string, columns: string): boolean;
  /** The same work may succeed when it is tried again. */
  isTransient(error: unknown): boolean;
}

const SQLITE_BUSY = 5;
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
  analyzeNumbers: '',
  // The message names the columns and not the index.
  isUniqueViolation: (error, _index, columns) =>
    sqliteCode(error) === SQLITE_CONSTRAINT_UNIQUE &&
    String(error).endsWith(`UNIQUE constraint failed: ${columns}`),
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
  analyzeNumbers: 'ANALYZE number',
  isUniqueViolation: (error, index) =>
    postgresCode(error) === '23505' && (error as { constraint?: string }).constraint === index,
  // Serialisation failure, deadlock.
  isTransient: (error) => ['40001', '40P01'].includes(postgresCode(error)),
};

function postgresCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function sqliteCode(error: unknown): number {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    return error.errcode;
  }
  return 0;
}
