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

/** In ascending order, so that ids are ordered as texts. */
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const SECRET_BYTES = 20;
/** Of a timestamp, the characters down to the millisecond. */
const MILLISECOND_CHARACTERS = '2026-04-19T21:38:22.937'.length;

/** Ids that take their time part from the application's clock. */
export function createIds(clock: Clock): Ids {
  let last = '';
  let lastMs = -1;
  /** The clock's millisecond that was read last, as text: most ids are made in the one of the id before. */
  let seenMillisecond = '';
  return {
    ulid(after = '') {
      const millisecond = clock.now().slice(0, MILLISECOND_CHARACTERS);
      const ms = millisecond === seenMillisecond ? lastMs : Date.parse(`${millisecond}Z`);
      seenMillisecond = millisecond;
      if (ms > lastMs) {
        lastMs = ms;
        last = randomInMillisecond(ms);
      } else {
        last = successor(last);
      }
      if (last <= after) {
        // Not the next one after `after`: its own process may be counting up behind it at this moment.
        lastMs = millisecondOf(after) + 1;
        last = randomInMillisecond(lastMs);
      }
      return last;
    },
    uuid: () => randomUUID(),
    secret: () => randomBytes(SECRET_BYTES).toString('base64url'),
    below: (limit) => randomInt(limit),
  };
}

function millisecondOf(ulid: string): number {
  let ms = 0;
  for (const character of ulid.slice(0, TIME_CHARACTERS)) {
    ms = ms * CROCKFORD.length + CROCKFORD.indexOf(character);
  }
  return ms;
}

/** The top random bit stays clear, so that counting up within a millisecond cannot overflow. */
function randomInMillisecond(ms: number): string {
  let time = '';
  for (let rest = ms; time.length < TIME_CHARACTERS; rest = Math.floor(rest / CROCKFORD.length)) {
    time = CROCKFORD.charAt(rest % CROCKFORD.length) + time;
  }
  let random = '';
  for (const byte of randomBytes(RANDOM_CHARACTERS)) {
    random += CROCKFORD.charAt(byte % (random === '' ? CROCKFORD.length / 2 : CROCKFORD.length));
  }
  return time + random;
}

/** The next one of the same millisecond: counts up from the last character on. */
function successor(ulid: string): string {
  let place = ulid.length - 1;
  while (ulid.charAt(place) === 'z') place--;
  const next = CROCKFORD.charAt(CROCKFORD.indexOf(ulid.charAt(place)) + 1);
  return ulid.slice(0, place) + next + '0'.repeat(ulid.length - 1 - place);
}
