import { createHmac, timingSafeEqual } from 'node:crypto';

const SIGNATURE_BYTES = 12;

/**
 * Makes and reads page tokens: a cursor and a signature that also covers what the list was asked for, so
 * that a token works only for the same project, filter and order. URL-safe, and never like a date, which
 * one client would turn into one.
 */
export interface PageTokens {
  encode(scope: string, cursor: unknown): string;
  /** @returns `undefined` when the token was made for another list, or not by us. */
  decode(scope: string, token: string): unknown;
}

export function createPageTokens(key: Uint8Array): PageTokens {
  const sign = (scope: string, cursor: Buffer): Buffer =>
    createHmac('sha256', key)
      .update(`page-token\0${scope}\0`)
      .update(cursor)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  return {
    encode(scope, cursor) {
      const bytes = Buffer.from(JSON.stringify(cursor));
      return Buffer.concat([sign(scope, bytes), bytes]).toString('base64url');
    },
    decode(scope, token) {
      const bytes = Buffer.from(token, 'base64url');
      // Buffer ignores characters that are not base64url: only the one spelling of a token is accepted.
      if (bytes.length <= SIGNATURE_BYTES || bytes.toString('base64url') !== token)
        return undefined;
      const cursor = bytes.subarray(SIGNATURE_BYTES);
      if (!timingSafeEqual(sign(scope, cursor), bytes.subarray(0, SIGNATURE_BYTES)))
        return undefined;
      return JSON.parse(cursor.toString());
    },
  };
}
