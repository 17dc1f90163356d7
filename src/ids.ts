import { randomBytes, randomInt, randomUUID } from 'node:crypto';

import type { Clock } from './clock.ts';

/** Everything random or unique comes from here, so that a test can replace it. */
export interface Ids {
  /**
   * A 26-character lower-case ULID. Within one process each is greater than the one before; `after` is one
   * of another process, perhaps with a faster clock, that it has to be greater than as well.
   */
  ulid(after?: string): string;
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
  let last = 0n;
  return {
    ulid(after = '') {
      const ms = BigInt(Temporal.Instant.from(clock.now()).epochMilliseconds);
      last = ms > millisecondsOf(last) ? randomInMillisecond(ms) : last + 1n;
      const floor = decodeBase32(after);
      // Not the next one after `floor`: its own process may be counting up behind it at this moment.
      if (last <= floor) last = randomInMillisecond(millisecondsOf(floor) + 1n);
      return encodeBase32(last);
    },
    uuid: () => randomUUID(),
    secret: () => randomBytes(SECRET_BYTES).toString('base64url'),
    below: (limit) => randomInt(limit),
  };
}

function millisecondsOf(ulid: bigint): bigint {
  return ulid >> RANDOM_BITS;
}

/** The top random bit stays clear, so that counting up within a millisecond cannot overflow. */
function randomInMillisecond(ms: bigint): bigint {
  return (ms << RANDOM_BITS) | (BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n);
}

function encodeBase32(value: bigint): string {
  let text = '';
  for (let rest = value, i = 0; i < 26; i++, rest >>= 5n)
    text = CROCKFORD[Number(rest & 31n)] + text;
  return text;
}

function decodeBase32(text: string): bigint {
  let value = 0n;
  for (const character of text) value = (value << 5n) | BigInt(CROCKFORD.indexOf(character));
  return value;
}
