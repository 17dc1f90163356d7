import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { E164 } from '../domain/phone-number.ts';

/** What is in memory; the rest is in a file. */
const CACHE_KIB = 8192;

/**
 * Remembers which numbers a file has brought so far, and on which line, with the same small memory however
 * many they are. It is a scratch database beside the real one, whichever engine that is: SQLite makes a
 * file without a name in the system's temporary folder, and it is gone when the process ends.
 */
export class SeenNumbers implements Disposable {
  readonly #database = new DatabaseSync('');
  readonly #insert: StatementSync;
  readonly #findEarlier: StatementSync;

  constructor() {
    // One transaction that never ends: a commit would write every changed page, and nothing is to be kept.
    this.#database.exec(
      `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB};
      CREATE TABLE seen (number INTEGER PRIMARY KEY, line INTEGER NOT NULL) STRICT; BEGIN`,
    );
    this.#insert = this.#database.prepare(
      `INSERT INTO seen (number, line) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
      ON CONFLICT DO NOTHING`,
    );
    this.#findEarlier = this.#database.prepare(
      `SELECT row.value ->> 1 AS line, seen.line AS "firstLine"
      FROM json_each(?) AS row JOIN seen ON seen.number = row.value ->> 0
      WHERE seen.line <> row.value ->> 1`,
    );
  }

  /** @returns for each of these lines whose number came on an earlier line: that line. */
  add(rows: readonly { e164: E164; line: number }[]): Map<number, number> {
    // Fifteen digits are exact as a number, and a table keyed by numbers is half the size.
    const json = JSON.stringify(rows.map(({ e164, line }) => [Number(e164), line]));
    if (this.#insert.run(json).changes === rows.length) return new Map();
    const earlier = this.#findEarlier.all(json) as { line: number; firstLine: number }[];
    return new Map(earlier.map(({ line, firstLine }) => [line, firstLine]));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
