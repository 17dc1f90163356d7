import { type Timestamp, toTimestamp } from './timestamp.ts';

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
  const start = Temporal.Instant.from(rentedAt).toZonedDateTimeISO('UTC');
  return toTimestamp(start.add({ months: period * intervalMonths }).toInstant());
}
