import { reverseDigits } from './phone-number.ts';
import type { SearchPattern } from './search-pattern.ts';

/**
 * From a pattern to the ranges of two indexes that hold its matches: one over numbers (`e164`), one over
 * their reversed text. `docs/search.md` explains the method and what it costs.
 */

/** What the planner knows of the numbers that it looks for. */
export interface NumberShape {
  /** Known of all numbers of the pool. */
  callingCode: string;
  /** Lengths in digits, calling code included. */
  digitsMin: number;
  digitsMax: number;
  /** Beginnings with plus sign and calling code, none of them inside another; `undefined`: any number will do. */
  places: readonly string[] | undefined;
}

/** Ranges of one index: all keys that begin with any of `count` prefixes. */
export interface PrefixSet {
  index: 'e164' | 'reversed';
  count: number;
  /** The prefix at a place from 0 to `count` − 1. */
  prefixAt(place: number): string;
  /** What it is expected to cost, as a number of ranges. */
  cost: number;
  /** How many rows are expected to be read for a match: 1 where each row is one. */
  rowsPerMatch: number;
  /** Whether it is all that the places, or the pool, have. */
  isEverything: boolean;
}

/** Costs are reckoned for a pool of so many numbers, evenly spread; a smaller one costs less. */
const STOCK_ASSUMED = 10_000_000;
/** As many rows of a range that is open already cost as much as opening another. */
export const ROWS_PER_RANGE = 3;
/** With more places than this, writing digits out behind each of them would cost more than it saves. */
const PLACES_WRITTEN_OUT_MAX = 64;

/**
 * The ranges that together hold every number that matches, in the order in which to ask for them, so that
 * a caller may stop as soon as it has enough. A number may lie in more than one of them. Where there are
 * places, or a `*` in the pattern, there are numbers in them that do not match.
 * @param size how many matches are wanted: what is common is found soon by looking through numbers.
 */
export function planSearch(
  pattern: SearchPattern | undefined,
  shape: NumberShape,
  size: number,
): PrefixSet[] {
  const planner = new Planner(pattern?.digits ?? '', shape, size);
  switch (pattern?.position) {
    case undefined:
      return toSets(planner.everything(1));
    case 'START':
      return planner.planStart();
    case 'END':
      return planner.planEnd();
    case 'CONTAINS':
      return planner.planContains();
  }
}

/** One way to ask for the numbers that have the pattern at one place. */
interface Way {
  index: 'e164' | 'reversed';
  /** Prefixes, with a `*` for each digit that is to be written out. */
  templates: readonly string[];
  cost: number;
  rowsPerMatch: number;
  isEverything: boolean;
}

/**
 * NOTE: a pattern may be cut. Then only the one part is asked of the index, and each number is looked at for
 * the other: `**0100` at the end is one range of reversed numbers, instead of ten thousand complete ones.
 */
class Planner {
  readonly #digits: string;
  readonly #shape: NumberShape;
  readonly #size: number;
  /** Each number that is looked for begins with one of these. */
  readonly #heads: readonly string[];
  /** Without places and `*` every range is exact, and there is nothing to be gained by cutting. */
  readonly #isPlain: boolean;
  /** Behind each run of digits of the pattern; of a plain one, which is not cut, only behind all of it. */
  readonly #cuts: readonly number[];

  constructor(digits: string, shape: NumberShape, size: number) {
    this.#digits = digits;
    this.#shape = shape;
    this.#size = size;
    this.#heads = shape.places ?? [`+${shape.callingCode}`];
    this.#isPlain = shape.places === undefined && !digits.includes('*');
    this.#cuts = this.#isPlain
      ? [digits.length]
      : [...digits.matchAll(/\d+/g)].map((run) => run.index + run[0].length);
  }

  planStart(): PrefixSet[] {
    const heads = this.#heads.filter((head) => overlay(head, this.#digits, 0) !== undefined);
    if (heads.length === 0) return [];
    const ways = this.#forwards(heads, [0]);
    if (!this.#isPlain) {
      const behind = this.#listLengths().map((length) => length + 1 - this.#digits.length);
      const toKnown = (before: string) => overlay(heads[0] ?? '', before, 0) ?? '';
      ways.push(...this.#backwards(behind, toKnown));
      const missing = countDigits(toKnown(this.#digits)) - countDigits(toKnown(''));
      ways.push(this.#toWay('e164', heads, 10 ** missing, true));
    }
    return toSets(cheapest(ways));
  }

  planEnd(): PrefixSet[] {
    const ways = this.#backwards([0], (before) => this.#knownPlace() + before);
    if (!this.#isPlain) {
      const starts = this.#listLengths().map((length) => length + 1 - this.#digits.length);
      ways.push(...this.#forwards(this.#fewHeads(), starts));
      ways.push(this.everything(10 ** countDigits(this.#digits)));
    }
    return toSets(cheapest(ways));
  }

  /**
   * A match at offset `o` has `o` digits before it and `a` after it. With the unknown ones before it written
   * out it is a set of prefixes of the number; with those after it, of the reversed number. Offsets up to a
   * bound are covered by the first way and all others by the second. Both get dearer with each digit, so the
   * cheaper of the next two is taken until they meet.
   */
  planContains(): PrefixSet[] {
    const offsetMax = this.#shape.digitsMax - this.#digits.length;
    if (offsetMax < 0) return [];
    const heads = this.#fewHeads();
    const place = this.#knownPlace();
    const forwards = (offset: number) => cheapest(this.#forwards(heads, [offset + 1]));
    const backwards = (after: number) =>
      cheapest(this.#backwards([after], (before) => place + before));
    const ways: (Way | undefined)[] = [];
    let [offset, after] = [0, 0];
    let before = heads.length === 0 ? undefined : forwards(offset);
    let behind = backwards(after);
    while (offset + after <= offsetMax) {
      // No way is a contradiction: nothing can match there.
      if (heads.length > 0 && (before?.cost ?? 0) < (behind?.cost ?? 0)) {
        ways.push(before);
        before = forwards(++offset);
      } else {
        ways.push(behind);
        behind = backwards(++after);
      }
    }
    const sets = ways.flatMap(toSets).sort((a, b) => a.cost - b.cost);
    if (this.#isPlain) return sets;
    // What would cost more than looking at everything, until there are enough, is not asked.
    const everything = this.everything(this.#rowsPerMatchAnywhere(offsetMax));
    const cheap = sets.filter((set) => set.cost < everything.cost);
    const isAll = cheap.length === sets.length && countDigits(this.#digits) > 0;
    return isAll ? sets : [...cheap, ...toSets(everything)];
  }

  /** All numbers that the places, or the pool, have. */
  everything(rowsPerMatch: number): Way {
    return this.#toWay('e164', this.#heads, rowsPerMatch, true);
  }

  /** Over the index of numbers, for a pattern that begins at any of these characters of a number. */
  #forwards(heads: readonly string[], starts: readonly number[]): Way[] {
    const ways: Way[] = [];
    for (const cut of this.#cuts) {
      const asked = this.#digits.slice(0, cut);
      const templates: string[] = [];
      let missing = Number.POSITIVE_INFINITY;
      for (const start of starts) {
        for (const head of heads) {
          const whole = overlay(head, this.#digits, start);
          // What is cut off must not contradict what is known either.
          if (whole === undefined) continue;
          const template = cut < this.#digits.length ? overlay(head, asked, start) : whole;
          if (template === undefined) continue;
          templates.push(template);
          const left = template === whole ? 0 : countDigits(whole) - countDigits(template);
          missing = Math.min(missing, left);
        }
      }
      if (templates.length > 0) ways.push(this.#toWay('e164', templates, 10 ** missing));
    }
    return ways;
  }

  /** Over the index of reversed numbers, for a pattern with any of these counts of digits behind it. */
  #backwards(behind: readonly number[], toKnown: (before: string) => string): Way[] {
    const ways: Way[] = [];
    for (const cut of this.#isPlain ? [0] : [0, ...this.#cuts]) {
      const reversed = withoutStars(reverseDigits(this.#digits.slice(cut)));
      if (reversed === '' || behind.length === 0) continue;
      const known = countDigits(toKnown(this.#digits.slice(0, cut)));
      const missing = Math.max(0, known - this.#shape.callingCode.length);
      const templates = behind.map((count) => '*'.repeat(count) + reversed);
      ways.push(this.#toWay('reversed', templates, 10 ** missing));
    }
    return ways;
  }

  #toWay(
    index: Way['index'],
    untrimmed: readonly string[],
    rowsPerMatch: number,
    isEverything = false,
  ): Way {
    // Unknown digits at the end need not be written out.
    const templates = untrimmed.map(withoutStars);
    const known = index === 'e164' ? this.#shape.callingCode.length : 0;
    let ranges = 0;
    let rows = 0;
    for (const template of templates) {
      ranges += 10 ** countUnknown(template);
      if (rowsPerMatch > 1) rows += STOCK_ASSUMED / 10 ** (countDigits(template) - known);
    }
    const cost = ranges + Math.min(rows, this.#size * rowsPerMatch) / ROWS_PER_RANGE;
    return { index, templates, rowsPerMatch, cost, isEverything };
  }

  /** Lengths of numbers that have room for the pattern. */
  #listLengths(): number[] {
    const { digitsMin, digitsMax } = this.#shape;
    const lengths = Array.from({ length: digitsMax - digitsMin + 1 }, (_, i) => digitsMin + i);
    return lengths.filter((length) => length + 1 >= this.#digits.length);
  }

  #fewHeads(): readonly string[] {
    return this.#heads.length <= PLACES_WRITTEN_OUT_MAX ? this.#heads : [];
  }

  /** The shortest place: what a look at the end of a number leaves open. */
  #knownPlace(): string {
    return this.#heads.reduce((shortest, head) =>
      head.length < shortest.length ? head : shortest,
    );
  }

  /** Of numbers that are looked at one by one: the pattern may be anywhere in what is not known of them. */
  #rowsPerMatchAnywhere(offsetMax: number): number {
    const heads = this.#heads.slice(0, PLACES_WRITTEN_OUT_MAX);
    let share = 0;
    for (const head of heads) {
      for (let offset = 0; offset <= offsetMax; offset++) {
        const whole = overlay(head, this.#digits, offset + 1);
        if (whole !== undefined) share += 10 ** (countDigits(head) - countDigits(whole));
      }
    }
    return Math.max(1, heads.length / share);
  }
}

function cheapest(ways: readonly Way[]): Way | undefined {
  return ways.reduce<Way | undefined>(
    (best, way) => (best === undefined || way.cost < best.cost ? way : best),
    undefined,
  );
}

/** One set for the templates that have the same count of unknown digits. */
function toSets(way: Way | undefined): PrefixSet[] {
  if (way === undefined) return [];
  if (way.templates.length === 1) return [toSet(way, way.templates)];
  const groups = Map.groupBy(way.templates, countUnknown);
  return [...groups.values()].map((templates) => toSet(way, templates));
}

function toSet(way: Way, templates: readonly string[]): PrefixSet {
  const { index, cost, rowsPerMatch, isEverything } = way;
  const each = 10 ** countUnknown(templates[0] ?? '');
  return {
    index,
    cost,
    rowsPerMatch,
    isEverything,
    count: templates.length * each,
    prefixAt: (place) => writeOut(templates[Math.floor(place / each)] ?? '', place % each),
  };
}

/** A template with the digits of a number in the places of its stars. */
function writeOut(template: string, place: number): string {
  const unknown = countUnknown(template);
  if (unknown === 0) return template;
  const digits = String(place).padStart(unknown, '0');
  let next = 0;
  return template.replaceAll('*', () => digits[next++] ?? '');
}

/**
 * What is known of a number that begins with `head` and has `digits` at a place, up to their end or the
 * head's, whichever comes later. @returns `undefined` when they contradict each other.
 */
function overlay(head: string, digits: string, start: number): string | undefined {
  if (start >= head.length) {
    return digits.startsWith('+') ? undefined : head.padEnd(start, '*') + digits;
  }
  let text = head.slice(0, start);
  for (let at = start; at < head.length; at++) {
    const known = head[at] as string;
    const wanted = digits[at - start];
    const isSame = wanted === undefined || wanted === known || (wanted === '*' && known !== '+');
    if (!isSame) return undefined;
    text += known;
  }
  return text + digits.slice(head.length - start);
}

function withoutStars(template: string): string {
  return template.endsWith('*') ? template.replace(/\*+$/, '') : template;
}

function countDigits(template: string): number {
  return template.length - countUnknown(template) - (template.includes('+') ? 1 : 0);
}

function countUnknown(template: string): number {
  let count = 0;
  for (let at = template.indexOf('*'); at >= 0; at = template.indexOf('*', at + 1)) count++;
  return count;
}
