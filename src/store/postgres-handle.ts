import type pg from 'pg';

import { postgresDialect } from './dialect.ts';
import type { SqlValue, Writer } from './store.ts';

/** What runs statements: a client, or connections of which each statement gets one. */
export interface Queryable {
  query(query: pg.QueryConfig): Promise<pg.QueryResult>;
}

/** A way to speak SQL until it is closed. */
export class PostgresHandle implements Writer {
  readonly dialect = postgresDialect;
  #queryable: Queryable | undefined;
  readonly #texts: StatementTexts;

  constructor(queryable: Queryable, texts: StatementTexts) {
    this.#queryable = queryable;
    this.#texts = texts;
  }

  async all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    const result = await this.#open().query(this.#texts.toQuery(sql, values));
    return result.rows as Row[];
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.all<Row>(sql, ...values);
    return row;
  }

  async column<Value>(sql: string, ...values: SqlValue[]): Promise<Value[]> {
    const query = { ...this.#texts.toQuery(sql, values), rowMode: 'array' };
    const result = await this.#open().query(query);
    return (result.rows as unknown as [Value][]).map(([value]) => value);
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    const result = await this.#open().query(this.#texts.toQuery(sql, values));
    return result.rowCount ?? 0;
  }

  close(): void {
    this.#queryable = undefined;
  }

  #open(): Queryable {
    if (this.#queryable === undefined) throw new Error('This transaction has ended.');
    return this.#queryable;
  }
}

/** Statements as this engine wants them: numbered parameters, and a name under which they stay prepared. */
export class StatementTexts {
  readonly #isNamed: boolean;
  readonly #known = new Map<string, { text: string; name?: string }>();

  constructor(isNamed: boolean) {
    this.#isNamed = isNamed;
  }

  toQuery(sql: string, values: SqlValue[]): pg.QueryConfig {
    for (const value of values) {
      if (value !== null && !['string', 'number', 'bigint'].includes(typeof value)) {
        throw new TypeError(`Not a value for a column: ${typeof value}`);
      }
    }
    let statement = this.#known.get(sql);
    if (statement === undefined) {
      let parameters = 0;
      const text = sql.replaceAll('?', () => `$${++parameters}`);
      statement = this.#isNamed ? { text, name: `s${this.#known.size}` } : { text };
      this.#known.set(sql, statement);
    }
    return { ...statement, values };
  }
}
