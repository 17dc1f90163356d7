/**
 * Names of places as people type them: without accents, with "ue" for "ü", "St." for "Saint", without "The". Two spellings
 * mean the same name when they have a key in common.
 */
export function toNameKeys(name: string): string[] {
  // Most names are plain, and there are thousands of them to go through.
  if (!/[^A-Za-z .'-]/.test(name)) return plainKeys(foldName(name));
  const texts = new Set([name, name.replaceAll(/\([^)]*\)/g, ' ')]);
  const keys = [...texts].flatMap((text) => [foldName(text), foldName(writeOutUmlauts(text))]);
  return [...new Set(keys.flatMap(plainKeys))];
}

function plainKeys(key: string): string[] {
  if (key === '') return [];
  return key.startsWith('the ') ? [key, key.slice(4)] : [key];
}

const SHORT_WORDS = new Map([
  ['st', 'saint'],
  ['ste', 'sainte'],
  ['ft', 'fort'],
  ['mt', 'mount'],
]);

/** Lower case, without accents and punctuation, one space between words. */
export function foldName(name: string): string {
  const lower = name.toLowerCase();
  const plain = /[^ -~]/.test(lower) ? withoutAccents(lower) : lower.replaceAll(/['`]/g, '');
  // One word, and none that is short for another.
  if (!/[^a-z]/.test(plain) && plain.length > 3) return plain;
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => SHORT_WORDS.get(word) ?? word)
    .join(' ');
}

function withoutAccents(lower: string): string {
  return lower
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[ßæøœłđðþıʻ’'`]/g, (letter) => LETTERS[letter] ?? '');
}

/** Letters that have no accent to take away. Apostrophes are left out: "L'Aquila" is also "LAquila". */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' };

function writeOutUmlauts(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[äöüåø]/g, (letter) => UMLAUTS[letter] ?? '');
}

/**
 * The names most like the one asked for, the likest first. Names that have little in common are left out.
 * @param keys of the names that there are.
 * @returns keys.
 */
export function suggestNames(asked: string, keys: Iterable<string>, limit: number): string[] {
  const wanted = foldName(asked);
  const tolerance = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  const ranked: { key: string; distance: number }[] = [];
  for (const key of keys) {
    const begins = wanted.length >= 3 && key.startsWith(wanted);
    const distance = begins ? 1 : editDistance(wanted, key, tolerance);
    if (distance <= tolerance) ranked.push({ key, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || a.key.length - b.key.length);
  return [...new Set(ranked.map(({ key }) => key))].slice(0, limit);
}

/** How many letters to change, add, leave out or swap with the next. More than `max`: any number above it. */
function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let beforeLast = new Uint8Array(b.length + 1);
  let last = Uint8Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Uint8Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let best = (last[j - 1] ?? 0) + (isSame ? 0 : 1);
      best = Math.min(best, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const isSwapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (isSwapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row[j] = best;
      least = Math.min(least, best);
    }
    if (least > max) return max + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? 0;
}
