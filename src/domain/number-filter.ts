import { reverseDigits } from './phone-number.ts';
import { findPattern, matchesPattern, type SearchPattern } from './search-pattern.ts';

/** What is asked of the digits of a number. */
export interface NumberFilter {
  /** Beginnings with their plus sign ("+1212"); a number must have one of them. `undefined`: any. */
  prefixes: readonly string[] | undefined;
  /** A number must match one of them. Empty: any. */
  patterns: readonly SearchPattern[];
  /** It must match none of them. */
  excluded: readonly SearchPattern[];
}

/** Asks nothing. */
export const ANY_NUMBER: NumberFilter = { prefixes: undefined, patterns: [], excluded: [] };

export function matchesFilter(filter: NumberFilter, e164: string): boolean {
  const { prefixes, patterns, excluded } = filter;
  return (
    (patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, e164))) &&
    !excluded.some((pattern) => matchesPattern(pattern, e164)) &&
    (prefixes === undefined || prefixes.some((prefix) => e164.startsWith(prefix)))
  );
}

/**
 * The beginning of a key of an index that is enough for every number that has it to be excluded, so that a
 * scan can go on behind all of them; `undefined` when the key's beginning does not decide.
 * @param digitsMin the shortest number in digits.
 */
export function excludedBeginning(
  { excluded }: NumberFilter,
  index: 'e164' | 'reversed',
  key: string,
  digitsMin: number,
): string | undefined {
  for (const pattern of excluded) {
    const end =
      index === 'e164'
        ? endOfMatch(pattern, key)
        : endOfMatch(reversePattern(pattern), key, digitsMin + 1 - (pattern.from ?? 0));
    if (end !== undefined) return key.slice(0, end);
  }
  return undefined;
}

/** Up to where a text decides that it matches, if it does at most `endMax` characters from its beginning. */
function endOfMatch(
  { position, digits, from }: SearchPattern,
  text: string,
  endMax = Number.POSITIVE_INFINITY,
): number | undefined {
  if (position === 'END') return undefined;
  const at =
    position === 'CONTAINS'
      ? findPattern(digits, text, from)
      : matchesPattern({ position, digits }, text)
        ? 0
        : -1;
  const end = at + digits.length;
  return at >= 0 && end <= endMax ? end : undefined;
}

/** For reversed text. What it says of where to look from is lost. */
function reversePattern({ position, digits }: SearchPattern): SearchPattern {
  const reversed = { START: 'END', CONTAINS: 'CONTAINS', END: 'START' } as const;
  return { position: reversed[position], digits: reverseDigits(digits) };
}
