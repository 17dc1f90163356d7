/** What a search looks for in a number's digits, and how people may write it. */
export const SEARCH_POSITIONS = ['START', 'CONTAINS', 'END'] as const;
export type SearchPosition = (typeof SEARCH_POSITIONS)[number];

export interface SearchPattern {
  position: SearchPosition;
  /** One to 16 digits, `*` for any one digit, and perhaps a plus sign in front. Only START and END have one. */
  digits: string;
  /** Only of CONTAINS: looks no further left than at this character of the number. Absent: everywhere. */
  from?: number;
}

/** A plus sign and the 15 digits of the longest E.164 number. */
export const PATTERN_LENGTH_MAX = 16;
/** A pattern as it is written, with separators: room for one between any two digits, and for slips. */
export const PATTERN_TEXT_LENGTH_MAX = 64;

/** What people put between digits: spaces, dashes, dots, slashes and brackets. */
const SEPARATORS = /[\s\-\u2010-\u2015\u2212.\u00b7\u2022/\\()[\]]/g;
/** Of each letter from A on, the key of a telephone that has it. */
const KEYS = '22233344455566677778889999';
const FIRST_LETTER = 'A'.charCodeAt(0);

/**
 * Reads a pattern as people write it: separators are left out, letters are the keys of a telephone, `*` is
 * any one digit. A space in front of a digit is a plus sign that somebody's form decoder ate.
 * START compares with the complete number, plus sign included. Without a position, a pattern that begins
 * with a plus sign means START, any other CONTAINS.
 * @returns `undefined` when something else is in it, no digit at all, or more than a number has.
 */
export function parseSearchPattern(
  text: string,
  position: SearchPosition | undefined,
): SearchPattern | undefined {
  const digits = text
    .replace(/^ (?=\d|$)/, '+')
    .replaceAll(SEPARATORS, '')
    .replaceAll(/[a-z]/gi, toKey);
  if (digits.length > PATTERN_LENGTH_MAX || !/^\+?[\d*]+$|^\+$/.test(digits)) return undefined;
  if (!digits.startsWith('+')) return { position: position ?? 'CONTAINS', digits };
  // A plus sign stands only in front, so a number that contains or ends with the pattern starts with it.
  return { position: position === 'END' ? 'END' : 'START', digits };
}

function toKey(letter: string): string {
  return KEYS[letter.toUpperCase().charCodeAt(0) - FIRST_LETTER] ?? '';
}

export function matchesPattern({ position, digits, from }: SearchPattern, text: string): boolean {
  switch (position) {
    case 'START':
      return digits.includes('*') ? matchesAt(digits, text, 0) : text.startsWith(digits);
    case 'CONTAINS':
      return findPattern(digits, text, from) >= 0;
    case 'END':
      return digits.includes('*')
        ? matchesAt(digits, text, text.length - digits.length)
        : text.endsWith(digits);
  }
}

/** Where in a text the digits of a pattern are, from a place on; -1: nowhere. */
export function findPattern(digits: string, text: string, from = 0): number {
  if (!digits.includes('*')) return text.indexOf(digits, from);
  for (let at = from; at + digits.length <= text.length; at++) {
    if (matchesAt(digits, text, at)) return at;
  }
  return -1;
}

function matchesAt(digits: string, text: string, at: number): boolean {
  if (at < 0 || at + digits.length > text.length) return false;
  for (let i = 0; i < digits.length; i++) {
    const wanted = digits[i];
    const actual = text[at + i];
    // A plus sign is no digit.
    if (wanted === '*' ? actual === '+' : wanted !== actual) return false;
  }
  return true;
}
