import { monthOf } from './project-limit.ts';
import type { Timestamp } from './timestamp.ts';

/** A calendar month in UTC. */
export interface Month {
  /** Such as `2026-01`. */
  name: string;
  start: Timestamp;
  /** When the next month begins. */
  end: Timestamp;
}

/** Reads a month such as `2026-01`; `undefined` when the text is none. */
export function parseMonth(text: string): Month | undefined {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return undefined;
  return { name: text, ...monthOf(`${text}-01T00:00:00.000000Z` as Timestamp) };
}
