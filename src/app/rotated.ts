import type { Ids } from '../ids.ts';

/** The same in the same order, beginning with a random one. */
export function rotated<T>(all: readonly T[], ids: Ids): T[] {
  return rotatedTo(all, all.length < 2 ? 0 : ids.below(all.length));
}

/** The same in the same order, beginning with the one at a place. */
export function rotatedTo<T>(all: readonly T[], first: number): T[] {
  return [...all.slice(first), ...all.slice(0, first)];
}
