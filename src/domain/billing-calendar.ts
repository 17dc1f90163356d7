import type { Timestamp } from './timestamp.ts';

/**
 * The instant at which period number `period` (0 is the first) of a rental begins: the rent instant
 * plus whole months. Months are always added to the start, never to the last charge, so a rental
 * of 31 January is charged on 28 February and then on 31 March, without drifting to the 28th.
 */
export function periodStart(
  rentedAt: Timestamp,
  period: number,
  intervalMonths: number,
): Timestamp {
  const month = monthOf(rentedAt) + period * intervalMonths;
  const day = Math.min(Number(rentedAt.slice(8, 10)), daysInMonth(month));
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `${year}-${twoDigits((month % 12) + 1)}-${twoDigits(day)}${rentedAt.slice(10)}` as Timestamp;
}

/** Months since the beginning of the year 0. */
function monthOf(timestamp: Timestamp): number {
  return Number(timestamp.slice(0, 4)) * 12 + Number(timestamp.slice(5, 7)) - 1;
}

function daysInMonth(month: number): number {
  // Day 0 of a month is the last one of the month before.
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
