/**
 * An instant as ISO-8601 UTC text with microseconds, always 27 characters
 * (`2026-04-19T21:38:22.937044Z`), so that text order is time order on every engine.
 */
export type Timestamp = string & { readonly __timestamp: true };

/** The second that was written last, without its end: a request asks for several instants of the same one. */
const written = { second: NaN, text: '' };

/** The one place that writes a timestamp. */
export function toTimestamp(instant: Temporal.Instant): Timestamp {
  const second = Math.floor(instant.epochMilliseconds / 1000);
  if (second !== written.second) {
    written.text = instant.toString({ smallestUnit: 'second' }).slice(0, -1);
    written.second = second;
  }
  const nanoseconds = Number(instant.epochNanoseconds - BigInt(second) * 1_000_000_000n);
  // The leading 1 keeps the zeros, and is left out with the slice.
  return `${written.text}.${String(1_000_000 + Math.floor(nanoseconds / 1000)).slice(1)}Z` as Timestamp;
}

/** Reads any RFC 3339 instant; `undefined` when the text is not one. */
export function parseTimestamp(text: string): Timestamp | undefined {
  try {
    return toTimestamp(Temporal.Instant.from(text));
  } catch {
    return undefined;
  }
}

export function addMilliseconds(timestamp: Timestamp, milliseconds: number): Timestamp {
  return toTimestamp(Temporal.Instant.from(timestamp).add({ milliseconds }));
}

export function addDays(timestamp: Timestamp, days: number): Timestamp {
  return addMilliseconds(timestamp, days * 86_400_000);
}

/** Milliseconds from `from` to `to`; negative when `to` is earlier. */
export function millisecondsBetween(from: Timestamp, to: Timestamp): number {
  return (
    Temporal.Instant.from(to).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds
  );
}
