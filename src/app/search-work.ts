import { setImmediate } from 'node:timers/promises';

/** Most searches end with so few statements. */
const STATEMENTS_WITHOUT_PAUSE = 6;
/** What one search reads of the index at most before it answers with what it has: about half a second on SQLite. */
const ROWS_MAX = 1_000_000;

/**
 * What one search has done. Between its statements others have their turn: SQLite answers within the process,
 * and what waits for it goes before everything that waits for a socket.
 */
export class SearchWork {
  readonly #rowsMax: number;
  #statements = 0;
  #rows = 0;

  constructor(rowsMax = ROWS_MAX) {
    this.#rowsMax = rowsMax;
  }

  /** Enough was read: the search should answer with what it has, and say where it stopped. */
  get isSpent(): boolean {
    return this.#rows >= this.#rowsMax;
  }

  /**
   * Does one statement, when it is this search's turn.
   * @param ranges that are asked for at once; an empty one costs about as much as a row.
   */
  async ask<Row>(statement: () => Promise<Row[]>, ranges = 0): Promise<Row[]> {
    if (++this.#statements > STATEMENTS_WITHOUT_PAUSE) await setImmediate();
    const rows = await statement();
    this.#rows += rows.length + ranges;
    return rows;
  }
}
