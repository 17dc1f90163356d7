import { findMemorableWord, listMemorableWords } from './memorable-words.ts';

/** A kind of ending that people remember. */
export interface MemorableClass {
  name: MemorableClassName;
  /** From 5 to 100; no two classes have the same. */
  score: number;
  /** The last digits of its numbers, all of one length. */
  endings: readonly string[];
}

/** How easy a number is to remember, and why. */
export interface Memorability {
  /** From 0 to 100. */
  score: number;
  /** The name of its class; empty for a number that is like any other. */
  reason: MemorableClassName | '';
  /** The digits that make it memorable. */
  ending: string;
  /** The word that they spell on a keypad, where that is the reason. */
  word: string;
}

type MemorableClassName = ReturnType<typeof defineClasses>[number]['name'];

/** From the best to the least. Letters stand for digits, which may be the same. */
function defineClasses() {
  return [
    { name: 'SEVEN_ALIKE', score: 100, endings: spellOut('AAAAAAA') },
    { name: 'SEVEN_IN_A_ROW', score: 95, endings: listRows(7) },
    { name: 'SIX_ALIKE', score: 90, endings: spellOut('AAAAAA') },
    { name: 'SIX_IN_A_ROW', score: 85, endings: listRows(6) },
    { name: 'WORD_OF_SEVEN', score: 80, endings: listWords(7) },
    { name: 'FIVE_ALIKE', score: 75, endings: spellOut('AAAAA') },
    { name: 'WORD_OF_SIX', score: 70, endings: listWords(6) },
    { name: 'PAIR_THREE_TIMES', score: 65, endings: spellOut('ABABAB') },
    { name: 'FIVE_IN_A_ROW', score: 60, endings: listRows(5) },
    { name: 'WORD_OF_FIVE', score: 55, endings: listWords(5) },
    { name: 'FOUR_ALIKE', score: 50, endings: spellOut('AAAA') },
    { name: 'TRIPLE_TWICE', score: 45, endings: spellOut('ABCABC') },
    { name: 'MIRROR_OF_SIX', score: 40, endings: spellOut('ABCCBA') },
    { name: 'THREE_PAIRS', score: 35, endings: spellOut('AABBCC') },
    { name: 'FOUR_IN_A_ROW', score: 30, endings: listRows(4) },
    { name: 'WORD_OF_FOUR', score: 25, endings: listWords(4) },
    { name: 'PAIR_TWICE', score: 20, endings: spellOut('ABAB') },
    { name: 'TWO_PAIRS', score: 15, endings: spellOut('AABB') },
    { name: 'MIRROR_OF_FOUR', score: 10, endings: spellOut('ABBA') },
    { name: 'THREE_ALIKE', score: 5, endings: spellOut('AAA') },
  ] as const;
}

interface MemorableClasses {
  all: readonly MemorableClass[];
  /** By `keyOf` the ending: a number is scored in a fifth of a microsecond, because whole ranges are. */
  byEnding: ReadonlyMap<number, MemorableClass>;
}

/** Four thousand endings: made when somebody asks for them, because a start should not wait for that. */
let memorableClasses: MemorableClasses | undefined;

function getClasses(): MemorableClasses {
  memorableClasses ??= makeClasses();
  return memorableClasses;
}

function makeClasses(): MemorableClasses {
  const byEnding = new Map<number, MemorableClass>();
  const all = defineClasses().map((definition) => {
    const endings = definition.endings.filter(
      (ending) => findClass(byEnding, ending) === undefined,
    );
    const memorableClass = { ...definition, endings };
    for (const ending of endings) byEnding.set(keyOf(ending), memorableClass);
    return memorableClass;
  });
  return { all, byEnding };
}

/**
 * Every class, the best first. A number belongs to the first one that has its ending, so no score is
 * stored anywhere: the numbers of a class are ranges of the index over reversed numbers. An ending that
 * belongs to a better class, as 5555 does to FOUR_ALIKE and not to PAIR_TWICE, is listed there alone.
 */
export function listMemorableClasses(): readonly MemorableClass[] {
  return getClasses().all;
}

/** The class that a number belongs to; `undefined` for none. */
export function memorableClassOf(e164: string): MemorableClass | undefined {
  return findClass(getClasses().byEnding, e164);
}

export function memorabilityOf(e164: string): Memorability {
  const found = memorableClassOf(e164);
  if (found === undefined) return { score: 0, reason: '', ending: '', word: '' };
  const { name, score, endings } = found;
  const ending = e164.slice(-(endings[0]?.length ?? 0));
  const word = name.startsWith('WORD') ? findMemorableWord(ending) : undefined;
  return { score, reason: name, ending, word: word ?? '' };
}

const ZERO = '0'.charCodeAt(0);
const ENDING_DIGITS_MIN = 3;
const ENDING_DIGITS_MAX = 7;

/** The best class that a number's last digits are an ending of. */
function findClass(
  byEnding: MemorableClasses['byEnding'],
  e164: string,
): MemorableClass | undefined {
  let best: MemorableClass | undefined;
  let value = 0;
  let unit = 1;
  for (let length = 1; length <= ENDING_DIGITS_MAX && length <= e164.length; length++) {
    value += (e164.charCodeAt(e164.length - length) - ZERO) * unit;
    unit *= 10;
    if (length < ENDING_DIGITS_MIN) continue;
    const found = byEnding.get(unit + value);
    if (found !== undefined && (best === undefined || found.score > best.score)) best = found;
  }
  return best;
}

/** Digits as a number that tells 055 from 55: a 1 stands in front. */
function keyOf(ending: string): number {
  return Number(`1${ending}`);
}

/** All texts of a shape: AABB is 0000, 0011, …, 9988, 9999. */
function spellOut(shape: string): string[] {
  const letters = [...new Set(shape)];
  return Array.from({ length: 10 ** letters.length }, (_, i) => {
    const digits = String(i).padStart(letters.length, '0');
    return [...shape].map((letter) => digits[letters.indexOf(letter)]).join('');
  });
}

/** Neighbours on the keypad's row of digits, upwards and downwards; 0 stands at both ends. */
function listRows(length: number): string[] {
  return ['01234567890', '09876543210'].flatMap((row) =>
    Array.from({ length: row.length - length + 1 }, (_, i) => row.slice(i, i + length)),
  );
}

function listWords(letters: number): string[] {
  return listMemorableWords().filter((digits) => digits.length === letters);
}
