import { systemClock } from '../../src/clock.ts';
import { migrate } from '../../src/store/schema.ts';
import { openStore, type SqlValue, type Store, type Writer } from '../../src/store/store.ts';
import { TABLES } from '../../src/store/table.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** What gets lost on the way when somebody is careless. `''` stands alone, as a key too. */
const TEXTS = [
  'plain',
  '',
  `it's "quoted" \\ and {"json":[1,null,"\\u00e9"]}`,
  'Grüße 😀 \u200f\u202e\ufffd\uffff',
  ' \t\r\n\u0001\u007f\u0085\u2028 ',
  '01',
  'e\u0301 is not é',
];
const INTEGERS = [0n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 10n, 9n];
const ROWS_PER_TABLE = TEXTS.length;

/**
 * A SQLite database with rows in every table that there is, made by looking at the schema: with all kinds of
 * texts, with NULL wherever it may be, with integers that are no JavaScript numbers, and with so many numbers
 * that they are not copied in one go.
 */
export async function createFullDatabase(numbers: number): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase('sqlite'));
  await using store = await openStore(database.url);
  await migrate(store, systemClock);
  await store.write(async (db) => {
    const made = new Map<string, Row[]>();
    for (const table of TABLES) made.set(table, await fillTable(db, table, made));
    await db.run(
      `WITH RECURSIVE counter (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counter WHERE i < ?)
      INSERT INTO number (e164, reversed, pool_id, state, locality)
      SELECT '+1' || (2000000000 + i), (2000000000 + i) || '1', 10, i % 2, CASE i % 3 WHEN 0 THEN 'Köln' END
      FROM counter`,
      numbers,
    );
  });
  stack.move();
  return database;
}

type Row = Record<string, SqlValue>;

async function fillTable(
  db: Writer,
  table: string,
  made: ReadonlyMap<string, readonly Row[]>,
): Promise<Row[]> {
  const columns = await db.all<{ name: string; type: string; notnull: number; pk: number }>(
    'SELECT name, type, "notnull", pk FROM pragma_table_info(?)',
    table,
  );
  const references = await db.all<{ from: string; to: string; table: string }>(
    'SELECT "from", "to", "table" FROM pragma_foreign_key_list(?)',
    table,
  );
  const rows = Array.from({ length: ROWS_PER_TABLE }, (_, i) => {
    const row: Row = {};
    for (const { name, type, notnull, pk } of columns) {
      const reference = references.find(({ from }) => from === name);
      const parent = reference && made.get(reference.table)?.[i];
      if (reference !== undefined) row[name] = parent?.[reference.to] ?? null;
      else if (notnull === 0 && i % 3 === 0) row[name] = null;
      else if (type === 'TEXT') row[name] = TEXTS[i] ?? null;
      // Node hands the key of a new row back as a number.
      else row[name] = pk > 0 ? i - 1 : (INTEGERS[i] ?? null);
    }
    return row;
  });
  const names = columns.map(({ name }) => `"${name}"`);
  for (const row of rows) {
    await db.run(
      `INSERT INTO "${table}" (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...columns.map(({ name }) => row[name] ?? null),
    );
  }
  return rows;
}

/** Every row of every table as text, with integers as their digits, in an order that no engine decides. */
export async function dumpTables(databaseUrl: string): Promise<Record<string, string[]>> {
  await using store = await openStore(databaseUrl);
  const dump: Record<string, string[]> = {};
  for (const table of TABLES) dump[table] = await dumpTable(store, table);
  return dump;
}

async function dumpTable(store: Store, table: string): Promise<string[]> {
  const columns = await store.read((db) => db.all<Row>(db.dialect.listColumns, table));
  const texts = columns.map(({ name }) => `CAST("${String(name)}" AS TEXT) AS "${String(name)}"`);
  const rows = await store.read((db) => db.all<Row>(`SELECT ${texts.join(', ')} FROM "${table}"`));
  return rows.map((row) => JSON.stringify(row)).sort();
}
