/** What the operator's platform has answered to one message. */
export interface PlatformReply {
  statusCode: number;
  /** The parsed body; `undefined` when it is not JSON, too long or broken off. */
  json: unknown;
}

/** Answers of the 4xx range that say "not now" rather than "no". */
const RETRIABLE_STATUS_CODES: readonly number[] = [408, 425, 429];

/**
 * Whether a status code says no, and would say so again. By itself that may be a gateway's word, about a secret or a
 * path; only a body with the status REJECTED is certainly the platform's.
 */
export function isFinalRefusal(statusCode: number): boolean {
  return statusCode >= 400 && statusCode < 500 && !RETRIABLE_STATUS_CODES.includes(statusCode);
}

/** The fields of what another program sent: none when it is no object. */
export function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}
