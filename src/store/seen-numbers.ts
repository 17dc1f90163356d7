import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { E164 } from '../domain/phone-number.ts';

/** What is in memory; the rest is in a file. */
const CACHE_KIB = 8192;

export interface SeenRow {
  e164: E164;
  /** In the file, counted from 1. */
  line: number;
}

/**
 * Remembers which numbers a file has brought so far, and on which line, with the same small memory however
 * many they are. It is a scratch database beside the real one, whichever engine that is: SQLite makes a
 * file without a name in the system's temporary folder, and it is gone when the process ends. Rows are
 * only noted, which costs next to nothing; they are put in order when somebody asks for one of them.
 */
export class SeenNumbers implements Disposable {
  readonly #database = new DatabaseSync('');
  readonly #note: StatementSync;
  readonly #listNotes: StatementSync;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;

  constructor() {
    // One transaction that never ends: a commit would write every changed page, and nothing is to be kept.
    this.#database.exec(
      `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB};
      CREATE TABLE note (id INTEGER PRIMARY KEY, pairs BLOB NOT NULL) STRICT;
      CREATE TABLE seen (number INTEGER PRIMARY KEY, line INTEGER NOT NULL) STRICT; BEGIN`,
    );
    this.#note = this.#database.prepare('INSERT INTO note (pairs) VALUES (?)');
    this.#listNotes = this.#database.prepare('SELECT pairs FROM note ORDER BY id');
    this.#insert = this.#database.prepare(
      'INSERT INTO seen (number, line) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#find = this.#database.prepare('SELECT line FROM seen WHERE number = ?');
  }

  /** Takes the next rows of the file. */
  note(rows: readonly SeenRow[]): void {
    const pairs = new Float64Array(rows.length * 2);
    rows.forEach(({ e164, line }, i) => {
      // Fifteen digits are exact as a number, and a table keyed by numbers is half the size.
      pairs[i * 2] = Number(e164);
      pairs[i * 2 + 1] = line;
    });
    this.#note.run(new Uint8Array(pairs.buffer));
  }

  /** @returns for each of these noted rows whose number came on an earlier line: that line, by the row's own. */
  findEarlier(rows: readonly SeenRow[]): Map<number, number> {
    this.#sortNotes();
    const earlier = new Map<number, number>();
    for (const { e164, line } of rows) {
      const first = this.#find.get(Number(e164)) as { line: number } | undefined;
      if (first !== undefined && first.line < line) earlier.set(line, first.line);
    }
    return earlier;
  }

  #sortNotes(): void {
    for (const { pairs } of this.#listNotes.iterate() as Iterable<{ pairs: Uint8Array }>) {
      const values = new Float64Array(pairs.slice().buffer);
      for (let i = 0; i < values.length; i += 2) {
        this.#insert.run(values[i] as number, values[i + 1] as number);
      }
    }
    this.#database.exec('DELETE FROM note');
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
