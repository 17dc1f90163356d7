import assert from 'node:assert/strict';

import type { SqlValue, Store, Writer } from '../../src/store/store.ts';

/** A statement of the store, with the index it must use. */
export interface ExpectedPlan {
  name: string;
  run: (db: Writer) => Promise<unknown>;
  /** A regular expression, from `USING INDEX` on. */
  index: string;
  /** It must not look up a single row of the table. */
  isCovering?: true;
}

/** Fails when a statement uses another index, walks through a whole table, or sorts. */
export async function assertPlans(store: Store, expected: readonly ExpectedPlan[]): Promise<void> {
  for (const { name, run, index, isCovering } of expected) {
    const plan = (await planOf(store, run)).join('\n');
    const told = `${name}:\n${plan}`;
    const covering = isCovering === true ? 'COVERING ' : '(COVERING )?';
    assert.match(plan, new RegExp(`^SEARCH .* USING ${covering}${index}( |$)`, 'm'), told);
    assert.doesNotMatch(plan, /^SCAN (?!json_each|slice|other)/m, told);
    // A union sorts its few rows to find those that are the same.
    if (plan.includes('MERGE (UNION)')) continue;
    assert.doesNotMatch(plan, /USE TEMP B-TREE FOR (LAST .*)?ORDER BY/, told);
  }
}

/** How SQLite would do what this function asks, one line for each step. Nothing is changed. */
export async function planOf(
  store: Store,
  run: (db: Writer) => Promise<unknown>,
): Promise<string[]> {
  return store.write(async (db) => {
    const plan: string[] = [];
    async function explain(sql: string, ...values: SqlValue[]): Promise<never[]> {
      const steps = await db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
      plan.push(...steps.map((step) => step.detail));
      return [];
    }
    await run({
      dialect: db.dialect,
      all: explain,
      column: explain,
      get: async (sql, ...values) => (await explain(sql, ...values))[0],
      run: async (sql, ...values) => (await explain(sql, ...values)).length,
    });
    return plan;
  });
}
