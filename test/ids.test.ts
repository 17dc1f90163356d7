import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MovableClock, stoppedClock } from '../src/clock.ts';
import { createIds } from '../src/ids.ts';

const START = '2026-03-01T08:00:00.123456Z';

test('ids of one millisecond and of the ones after it are each greater than the one before', () => {
  const clock = new MovableClock(stoppedClock(START));
  const ids = createIds(clock);
  let last = '';
  for (let i = 0; i < 20_000; i++) {
    if (i % 3000 === 2999) clock.advance(1);
    const id = ids.ulid();
    assert.match(id, /^[0-9a-hjkmnp-tv-z]{26}$/);
    assert.ok(id > last, `${id} after ${last}`);
    last = id;
  }
});

test('an id begins with the millisecond of the clock, and its random part is never the same', () => {
  const timePart = '01kjm6jm3v';
  const made = Array.from({ length: 200 }, () => createIds(stoppedClock(START)).ulid());
  assert.equal(parseTime(timePart), Date.parse('2026-03-01T08:00:00.123Z'));
  for (const id of made) assert.equal(id.slice(0, 10), timePart);
  assert.equal(new Set(made).size, made.length);
  assert.deepEqual(new Set(made.map((id) => id.charAt(10) < 'g')), new Set([true]));
  assert.ok(new Set(made.map((id) => id.charAt(11))).size > 25);
});

test('an id is greater than one of a faster clock, and so are those that follow', () => {
  const ids = createIds(stoppedClock(START));
  const fast = createIds(stoppedClock('2026-03-01T08:05:00.000000Z')).ulid();
  const before = ids.ulid();
  const after = ids.ulid(fast);
  const next = ids.ulid();
  assert.ok(before < fast && fast < after && after < next);
  assert.equal(parseTime(after), parseTime(fast) + 1, 'in the millisecond after it');
});

test('a clock that goes back makes no smaller ids', () => {
  let now = START;
  const ids = createIds({ now: () => stoppedClock(now).now() });
  const made = [ids.ulid()];
  for (const at of ['2026-03-01T07:59:59.999999Z', START, '2026-03-01T08:00:00.124000Z']) {
    now = at;
    made.push(ids.ulid(), ids.ulid());
  }
  assert.deepEqual(made, made.toSorted());
  assert.equal(new Set(made).size, made.length);
});

/** Reads the time of an id apart from the code that wrote it. */
function parseTime(id: string): number {
  const digits = Array.from(id.slice(0, 10), (character) =>
    '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(character).toString(2).padStart(5, '0'),
  );
  return Number.parseInt(digits.join(''), 2);
}
