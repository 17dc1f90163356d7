import type { AvailableNumber } from './get-available-number.ts';

/**
 * Finds runs of consecutive numbers of one pool in a sorted list that it is told number by number. Of a
 * stretch it makes as many runs as there is room for, from its beginning on; no number is in two of them.
 */
export class RunFinder {
  readonly #length: number;
  #run: AvailableNumber[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  /** The beginning of a run that is not complete yet. */
  get unfinished(): readonly AvailableNumber[] {
    return this.#run;
  }

  /** @returns a complete run, when this number is its last. */
  add(number: AvailableNumber): AvailableNumber[] | undefined {
    const last = this.#run.at(-1);
    if (last !== undefined && !isNext(last, number)) this.#run = [];
    this.#run.push(number);
    if (this.#run.length < this.#length) return undefined;
    const run = this.#run;
    this.#run = [];
    return run;
  }
}

const ZERO = '0'.charCodeAt(0);

/** Whether a number comes right after another of its pool: 0100 after 0099. */
export function isNext(number: AvailableNumber, candidate: AvailableNumber): boolean {
  return (
    candidate.pool === number.pool &&
    // Nine in ten are ruled out by their last digit, which costs next to nothing.
    lastDigit(candidate.e164) === (lastDigit(number.e164) + 1) % 10 &&
    candidate.e164.length === number.e164.length &&
    Number(candidate.e164.slice(1)) === Number(number.e164.slice(1)) + 1
  );
}

function lastDigit(e164: string): number {
  return e164.charCodeAt(e164.length - 1) - ZERO;
}
