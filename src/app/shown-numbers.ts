/** More than are between a search and a rent at any moment; about 200 kilobytes. */
const REMEMBERED_MAX = 2048;

/**
 * The numbers that this process showed first of all lately. Many clients rent the first number that they
 * see. Two hundred who pick one of ten thousand blindly get in each other's way about twice; of a hundred
 * numbers they get nothing but conflicts. So a search begins with the number whose turn is longest ago.
 */
export class ShownNumbers {
  /** When each was shown, as a count that goes up; the longest ago stands first. */
  readonly #turns = new Map<string, number>();
  #turn = 0;

  /** Which of some numbers was not shown first for the longest time: the caller shows it first now. */
  takeTurn(e164s: readonly string[]): number {
    let first = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [i, e164] of e164s.entries()) {
      const turn = this.#turns.get(e164) ?? 0;
      if (turn < least) [first, least] = [i, turn];
      if (turn === 0) break;
    }
    const shown = e164s[first];
    if (shown !== undefined) this.#remember(shown);
    return first;
  }

  #remember(e164: string): void {
    this.#turns.delete(e164);
    this.#turns.set(e164, ++this.#turn);
    if (this.#turns.size <= REMEMBERED_MAX) return;
    for (const longestAgo of this.#turns.keys()) {
      this.#turns.delete(longestAgo);
      return;
    }
  }
}
