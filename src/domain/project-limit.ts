import type { Timestamp } from './timestamp.ts';

/**
 * NUMBERS: rentals at a time. HOLDS: numbers that it has set aside itself, at a time. SPEND: charges of rents and renewals in a calendar month, in one currency, beyond which
 * nothing more is rented. REQUESTS: requests a second of the whole project; KEY_REQUESTS: of each of its keys.
 */
export const PROJECT_LIMIT_KINDS = [
  'NUMBERS',
  'HOLDS',
  'SPEND',
  'REQUESTS',
  'KEY_REQUESTS',
] as const;
export type ProjectLimitKind = (typeof PROJECT_LIMIT_KINDS)[number];

/** One limit of a project. */
export interface ProjectLimit {
  kind: ProjectLimitKind;
  /** Empty but for SPEND. */
  currencyCode: string;
  /** Numbers, requests a second, or minor units a month. */
  value: number;
}

/** Whether a limit is about what is rented. */
export function isOfRents({ kind }: Pick<ProjectLimit, 'kind'>): boolean {
  return kind === 'NUMBERS' || kind === 'SPEND';
}

/** When the calendar month of an instant begins and ends, in UTC. */
export function monthOf(at: Timestamp): { start: Timestamp; end: Timestamp } {
  const [year, month] = [Number(at.slice(0, 4)), Number(at.slice(5, 7))];
  return { start: monthStart(year, month), end: monthStart(year, month + 1) };
}

function monthStart(year: number, month: number): Timestamp {
  const [y, m] = month > 12 ? [year + 1, month - 12] : [year, month];
  const text = `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}`;
  return `${text}-01T00:00:00.000000Z` as Timestamp;
}
