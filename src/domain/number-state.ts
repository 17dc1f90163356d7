/**
 * The life of a number:
 * `AVAILABLE → HELD → ACTIVE → RELEASING → QUARANTINED → AVAILABLE`, and RETIRED, out of stock for good.
 * Stored as small integers, because a state stands in every row of the largest table; 0 is written out in
 * the partial indexes of the schema.
 */
export const NUMBER_STATES = [
  'AVAILABLE',
  'HELD',
  'ACTIVE',
  'RELEASING',
  'QUARANTINED',
  'RETIRED',
] as const;
export type NumberState = (typeof NUMBER_STATES)[number];

const TRANSITIONS: Record<NumberState, readonly NumberState[]> = {
  AVAILABLE: ['HELD', 'ACTIVE', 'RETIRED'],
  HELD: ['AVAILABLE', 'ACTIVE'],
  ACTIVE: ['RELEASING'],
  RELEASING: ['ACTIVE', 'QUARANTINED', 'AVAILABLE'],
  QUARANTINED: ['AVAILABLE', 'ACTIVE', 'RETIRED'],
  RETIRED: [],
};

export function canBecome(from: NumberState, to: NumberState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The stored form of a state. */
export function stateCode(state: NumberState): number {
  return NUMBER_STATES.indexOf(state);
}

/** @throws RangeError on a code that no state has: the row was not written by us. */
export function stateOfCode(code: number): NumberState {
  const state = NUMBER_STATES[code];
  if (state === undefined) throw new RangeError(`There is no number state ${code}.`);
  return state;
}
