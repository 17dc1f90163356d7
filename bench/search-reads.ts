import type { Reader, SqlValue, Store } from '../src/store/store.ts';

/** What searches ask of the database, all together. */
export interface SearchReads {
  statements: number;
  /** Ranges of an index that were asked for: each is a seek. */
  ranges: number;
  /** Rows that came back, and those that were skipped before them. */
  rows: number;
  /** Index entries that the engine read for them. Only PostgreSQL tells; `undefined` on SQLite. */
  entries: number | undefined;
}

interface AskedStatement {
  sql: string;
  values: SqlValue[];
}

/**
 * Does something on a store and counts what it asks. Node's SQLite does not tell how many entries a
 * statement walked over, so on SQLite the rows stand for them: without a filter in the statement each
 * entry read is a row. On PostgreSQL the same statements are asked again with EXPLAIN ANALYZE.
 */
export async function countReads(
  store: Store,
  work: (counted: Store) => Promise<void>,
): Promise<SearchReads> {
  const asked: AskedStatement[] = [];
  let rows = 0;
  const note = <Row>(sql: string, values: SqlValue[], found: Row[]): Row[] => {
    asked.push({ sql, values });
    rows += found.length;
    return found;
  };
  const countedReader = (db: Reader): Reader => ({
    dialect: db.dialect,
    all: async (sql, ...values) => note(sql, values, await db.all(sql, ...values)),
    get: async (sql, ...values) => note(sql, values, [await db.get(sql, ...values)])[0] as never,
    column: async (sql, ...values) => note(sql, values, await db.column(sql, ...values)),
  });
  await work({
    dialect: store.dialect,
    read: (fn) => store.read((db) => fn(countedReader(db))),
    readRecent: (fn) => store.readRecent((db) => fn(countedReader(db))),
    readSnapshot: (fn) => store.readSnapshot((db) => fn(countedReader(db))),
    write: (fn) => store.write(fn),
    [Symbol.asyncDispose]: async () => undefined,
  });
  const ranges = asked.reduce((sum, { values }) => sum + countRanges(values), 0);
  rows += asked.reduce((sum, { sql, values }) => sum + countSkipped(sql, values), 0);
  const entries =
    store.dialect.engine === 'postgres' ? await countEntries(store, asked) : undefined;
  return { statements: asked.length, ranges, rows, entries };
}

/** A list of prefixes is one parameter, in JSON. */
function countRanges(values: readonly SqlValue[]): number {
  const list = values.find((value) => typeof value === 'string' && value.startsWith('['));
  return list === undefined ? 1 : (JSON.parse(String(list)) as unknown[]).length;
}

/** What OFFSET passes over is read as well. */
function countSkipped(sql: string, values: readonly SqlValue[]): number {
  return sql.endsWith('OFFSET ?') ? Number(values.at(-1)) : 0;
}

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

async function countEntries(store: Store, asked: readonly AskedStatement[]): Promise<number> {
  let entries = 0;
  for (const { sql, values } of asked) {
    const [answer] = await store.read((db) =>
      db.all<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
        ...values,
      ),
    );
    for (const { Plan } of answer?.['QUERY PLAN'] ?? []) entries += entriesOf(Plan);
  }
  return entries;
}

function entriesOf(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + entriesOf(plan), 0);
  // Entries and not rows: those that a filter threw away were read too.
  if (!/Scan/.test(node['Node Type']) || /Function|CTE|Subquery/.test(node['Node Type']))
    return below;
  const each =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return below + each * node['Actual Loops'];
}
