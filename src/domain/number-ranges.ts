import type { NumberFilter } from './number-filter.ts';

/** Beginnings that hold every number which a filter lets through. */
export interface NumberRanges {
  /** Sorted, and none the beginning of another: no number lies in two of them. */
  prefixes: readonly string[];
  /** Whether everything in them passes the filter. */
  isExact: boolean;
}

/** What a filter says of the beginning of a number: its prefixes, and START patterns up to their first `*`. */
export function rangesOf(filter: NumberFilter): NumberRanges {
  const { patterns, excluded } = filter;
  const isStart = patterns.every(({ position }) => position === 'START');
  const heads =
    isStart && patterns.length > 0
      ? patterns.map(({ digits }) => digits.split('*', 1)[0] ?? '')
      : ['+'];
  const prefixes = (filter.prefixes ?? ['+']).flatMap((prefix) =>
    heads.flatMap((head) => commonRange(prefix, head) ?? []),
  );
  return {
    prefixes: withoutCovered(prefixes),
    isExact:
      isStart && excluded.length === 0 && patterns.every(({ digits }) => !digits.includes('*')),
  };
}

/** The range that begins with both: the longer one, when it begins with the other. */
function commonRange(a: string, b: string): string | undefined {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

function withoutCovered(prefixes: readonly string[]): string[] {
  const kept: string[] = [];
  for (const prefix of prefixes.toSorted()) {
    // Sorted, a prefix comes right before everything that begins with it.
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}
