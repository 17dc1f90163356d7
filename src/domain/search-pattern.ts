/**
 * From a pattern to the ranges of two indexes that hold its matches: one over numbers (`e164`), one over
 * their reversed text. `docs/search.md` explains the method and what it costs.
 */
export const SEARCH_POSITIONS = ['START', 'CONTAINS', 'END'] as const;
export type SearchPosition = (typeof SEARCH_POSITIONS)[number];

export interface SearchPattern {
  position: SearchPosition;
  /** One to 15 digits, the first of them perhaps behind a plus sign. */
  digits: string;
}

/** A plus sign and the 15 digits of the longest E.164 number. */
export const PATTERN_LENGTH_MAX = 16;

/**
 * Reads a pattern as clients write it. A space in front is a plus sign that somebody's form decoder ate.
 * START compares with the complete number, plus sign included. Without a position, a pattern that begins
 * with a plus sign means START, any other CONTAINS.
 * @returns `undefined` when the text is not digits, perhaps behind a plus sign.
 */
export function parseSearchPattern(
  text: string,
  position: SearchPosition | undefined,
): SearchPattern | undefined {
  const digits = text.replace(/^ /, '+');
  if (digits.length > PATTERN_LENGTH_MAX || !/^\+?\d+$|^\+$/.test(digits)) return undefined;
  if (!digits.startsWith('+')) return { position: position ?? 'CONTAINS', digits };
  // A plus sign stands only in front, so a number that contains or ends with the pattern starts with it.
  return { position: position === 'END' ? 'END' : 'START', digits };
}

export function matchesPattern(pattern: SearchPattern, e164: string): boolean {
  switch (pattern.position) {
    case 'START':
      return e164.startsWith(pattern.digits);
    case 'CONTAINS':
      return e164.includes(pattern.digits);
    case 'END':
      return e164.endsWith(pattern.digits);
  }
}

/** Ranges of one index: all keys that begin with any of `count` prefixes. */
export interface PrefixSet {
  index: 'e164' | 'reversed';
  count: number;
  /** The prefix at a place from 0 to `count` − 1. */
  prefixAt(place: number): string;
}

/** What the planner knows of a pool: numbers are the calling code and then digits that may be anything. */
export interface NumberShape {
  callingCode: string;
  /** The longest number in digits, calling code included. */
  digitsMax: number;
}

/**
 * The ranges that together hold every number containing `digits`, the cheapest first, so that a caller
 * may stop as soon as it has enough. A number may lie in more than one of them.
 *
 * A match at offset `o` has `o` digits before it and `a` after it. With the unknown ones before it written
 * out it is a set of prefixes of the number; with those after it, of the reversed number. Offsets up to a
 * bound are covered by the first way and all others by the second; the bound is the cheapest one. The
 * calling code is known, so it multiplies nothing.
 */
export function planContains(digits: string, shape: NumberShape): PrefixSet[] {
  const offsetMax = shape.digitsMax - digits.length;
  if (offsetMax < 0) return [];
  const bound = cheapestBound(offsetMax, shape.callingCode.length);
  const sets: PrefixSet[] = [];
  for (let offset = 0; offset <= bound; offset++) {
    const set = prefixesBefore(digits, offset, shape.callingCode);
    if (set !== undefined) sets.push(set);
  }
  const reversed = [...digits].reverse().join('');
  for (let after = 0; after <= offsetMax - bound - 1; after++) {
    sets.push({
      index: 'reversed',
      count: 10 ** after,
      prefixAt: (place) => writtenOut(place, after) + reversed,
    });
  }
  return sets.sort((a, b) => a.count - b.count);
}

/** Up to which offset the forward index is asked: −1 for never. */
function cheapestBound(offsetMax: number, callingCodeLength: number): number {
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let bound = -1; bound <= offsetMax; bound++) {
    let cost = 0;
    for (let o = 0; o <= bound; o++) cost += 10 ** Math.max(0, o - callingCodeLength);
    for (let a = 0; a <= offsetMax - bound - 1; a++) cost += 10 ** a;
    if (cost < bestCost) [best, bestCost] = [bound, cost];
  }
  return best;
}

/** `undefined` when the pattern would lie over the calling code and differ from it. */
function prefixesBefore(
  digits: string,
  offset: number,
  callingCode: string,
): PrefixSet | undefined {
  const overlap = callingCode.slice(offset);
  const common = Math.min(overlap.length, digits.length);
  if (overlap.slice(0, common) !== digits.slice(0, common)) return undefined;
  const unknown = Math.max(0, offset - callingCode.length);
  const before = `+${callingCode.slice(0, offset)}`;
  return {
    index: 'e164',
    count: 10 ** unknown,
    prefixAt: (place) => before + writtenOut(place, unknown) + digits,
  };
}

function writtenOut(place: number, digits: number): string {
  return digits === 0 ? '' : String(place).padStart(digits, '0');
}
