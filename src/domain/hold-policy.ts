import { addMilliseconds, millisecondsBetween, type Timestamp } from './timestamp.ts';

/** Whatever the operator allows: all numbers of a request are held in one transaction, for which others wait. */
export const HOLD_NUMBERS_MAX = 1000;
/** Whatever the operator allows: they are counted whenever the project holds one more. */
export const PROJECT_HOLDS_MAX = 1_000_000;

/** How long numbers may be set aside, and how many. */
export interface HoldPolicy {
  /** How long a hold lasts that does not say so itself. */
  ttlMs: number;
  /** The longest that a hold or an extension may ask for, counted from then. */
  ttlMsMax: number;
  /** The longest that a number stays held, from its first instant on, however often that is extended. */
  lifeMsMax: number;
  /** Of one request. */
  numbersPerRequestMax: number;
  /** That a project may hold at a time, unless it has a limit of its own. */
  numbersPerProjectMax: number;
}

/**
 * Where an extension moves the end of a hold: as far as is asked for, or as far as the policy allows when nothing is
 * said, and never back.
 * @returns `undefined` when more is asked for than the hold may last in all.
 */
export function extendedEnd(
  policy: Pick<HoldPolicy, 'ttlMs' | 'lifeMsMax'>,
  hold: { heldAt: Timestamp; expireAt: Timestamp },
  now: Timestamp,
  ttlMs: number | undefined,
): Timestamp | undefined {
  const latest = latestEnd(policy, hold.heldAt);
  const asked = addMilliseconds(now, ttlMs ?? policy.ttlMs);
  if (asked > latest && ttlMs !== undefined) return undefined;
  const end = asked > latest ? latest : asked;
  return end > hold.expireAt ? end : hold.expireAt;
}

/** How far a hold can be extended that began at an instant. */
export function latestEnd({ lifeMsMax }: Pick<HoldPolicy, 'lifeMsMax'>, heldAt: Timestamp) {
  return addMilliseconds(heldAt, lifeMsMax);
}

/** Whole seconds, for people. */
export function secondsLeft(now: Timestamp, until: Timestamp): number {
  return Math.max(0, Math.floor(millisecondsBetween(now, until) / 1000));
}
