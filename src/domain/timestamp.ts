/**
 * An instant as ISO-8601 UTC text with microseconds, always 27 characters
 * (`2026-04-19T21:38:22.937044Z`), so that text order is time order on every engine.
 */
export type Timestamp = string & { readonly __timestamp: true };

/** The one place that writes a timestamp. */
export function toTimestamp(instant: Temporal.Instant): Timestamp {
  return instant.toString({ smallestUnit: 'microsecond' }) as Timestamp;
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
