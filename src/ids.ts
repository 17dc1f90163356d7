import { randomBytes, randomInt, randomUUID } from 'node:crypto';

import type { Clock } from './clock.ts';

/** Everything random or unique comes from here, so that a test can replace it. */
export interface Ids {
  /** A 26-character lower-case ULID; within one process each is greater than the one before. */
  ulid(): string;
  uuid(): string;
  /** A secret of 160 random bits, 27 URL-safe characters. */
  secret(): string;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const SECRET_BYTES = 20;
const RANDOM_BITS = 80n;

/** Ids that take their time part from the application's clock. */
export function createIds(clock: Clock): Ids {
  let lastMs = -1;
  let lastRandom = 0n;
  return {
    ulid() {
      const ms = Temporal.Instant.from(clock.now()).epochMilliseconds;
      if (ms > lastMs) {
        lastMs = ms;
        // The top bit stays clear, so that counting up within a millisecond cannot overflow.
        lastRandom = BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
      } else {
        lastRandom += 1n;
      }
      return encodeBase32((BigInt(lastMs) << RANDOM_BITS) | lastRandom);
    },
    uuid: () => randomUUID(),
    secret: () => randomBytes(SECRET_BYTES).toString('base64url'),
    below: (limit) => randomInt(limit),
  };
}

function encodeBase32(value: bigint): string {
  let text = '';
  for (let rest = value, i = 0; i < 26; i++, rest >>= 5n)
    text = CROCKFORD[Number(rest & 31n)] + text;
  return text;
}
