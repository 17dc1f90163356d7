/** A sorted list of beginnings of numbers, with some of them chosen. */
export interface Choice {
  /** All that are known. The longest one that a number begins with decides whose it is. */
  known: readonly string[];
  isKnown: (prefix: string) => boolean;
  chosen: ReadonlySet<string>;
}

/** How coarse a cover may be. */
export interface Coarseness {
  /** A beginning may stand for all those inside when this part of them is chosen; 1 is exact. */
  share: number;
  /** Only beginnings of at least this many digits. */
  digitsMin: number;
}

export const EXACT: Coarseness = { share: 1, digitsMin: 1 };

/**
 * The fewest beginnings that cover the chosen ones: ten that differ in their last digit become one, and so
 * does a beginning under which nothing is known but chosen ones. None of them lies inside another.
 * A chosen beginning covers all that begin so, also those that are known to be something else.
 */
export function coverPrefixes(
  { known, isKnown, chosen }: Choice,
  coarseness: Coarseness,
): string[] {
  const sorted = [...chosen].sort();

  function cover(head: string, isElse: boolean): string[] {
    if (chosen.has(head)) return [head];
    const picked = countInside(sorted, head);
    if (picked === 0) return [];
    const all = countInside(known, head);
    // Numbers that nothing longer is known of are those of `head` itself, or of what contains it.
    const restIsElse = isElse || isKnown(head);
    if (!restIsElse && picked === all) return [head];
    const { share, digitsMin } = coarseness;
    if (share < 1 && head.length >= digitsMin && picked >= share * all) return [head];
    const inside = DIGITS.flatMap((digit) => cover(head + digit, restIsElse));
    return inside.length === 10 && inside.every((each) => each.length === head.length + 1)
      ? [head]
      : inside;
  }

  return DIGITS.flatMap((digit) => cover(digit, false));
}

const DIGITS = [...'0123456789'];

/** How many of a sorted list begin with `head`, itself not counted. */
function countInside(sorted: readonly string[], head: string): number {
  const from = lowerBound(sorted, head);
  const below = lowerBound(sorted, `${head}:`);
  return below - from - (sorted[from] === head ? 1 : 0);
}

/** Where a value is in a sorted list, or would be. */
export function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What begins with one of both lists: of two that lie inside each other the longer one. */
export function intersectPrefixes(a: readonly string[], b: readonly string[]): string[] {
  const both = a.flatMap((one) =>
    b.flatMap((other) => {
      if (one.startsWith(other)) return [one];
      return other.startsWith(one) ? [other] : [];
    }),
  );
  return withoutNested(both);
}

/** Sorted, without those that lie inside another one. */
export function withoutNested(prefixes: readonly string[]): string[] {
  const kept: string[] = [];
  for (const prefix of [...new Set(prefixes)].sort()) {
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}
