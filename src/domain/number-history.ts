import { canBecome, NUMBER_STATES, type NumberState } from './number-state.ts';

/** What an event says of a number's state; both `undefined` where it changed nothing of it. */
export interface StateChange {
  from: string | undefined;
  to: string | undefined;
  /** Whose event it is. */
  projectId: string | null;
}

/** What a number's history makes of it. Numbers come into stock AVAILABLE, and that is no event. */
export interface RebuiltNumber {
  state: NumberState;
  /** Who holds or rents it, or did so last while it is in quarantine. */
  holderProjectId: string | null;
}

export const NEW_NUMBER: RebuiltNumber = { state: 'AVAILABLE', holderProjectId: null };

/** @returns the number after the event, or what is wrong with the event. */
export function applyStateChange(
  number: RebuiltNumber,
  { from, to, projectId }: StateChange,
): RebuiltNumber | string {
  if (from === undefined && to === undefined) return number;
  if (!isState(from) || !isState(to))
    return `goes from ${from} to ${to}, which are not both states`;
  if (from !== number.state) return `begins at ${from}, but the number was ${number.state}`;
  if (!canBecome(from, to)) return `goes from ${from} to ${to}, which no number can`;
  return { state: to, holderProjectId: to === 'AVAILABLE' ? null : projectId };
}

function isState(text: string | undefined): text is NumberState {
  return NUMBER_STATES.includes(text as NumberState);
}
