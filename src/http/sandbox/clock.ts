import { setTimeout } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { followSharedClock } from '../../app/follow-shared-clock.ts';
import type { MovableClock } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { millisecondsBetween, parseTimestamp, type Timestamp } from '../../domain/timestamp.ts';
import { invalidField } from '../../errors.ts';
import { raiseSetting } from '../../store/setting.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeAnswer, FAULT_ANSWERS, UNAUTHENTICATED_ANSWER } from '../v1/describe-operation.ts';
import { CLOCK_ERRORS } from '../v1/error-examples.ts';
import type { Examples } from '../v1/examples.ts';

/** One move goes no further: every renewal on the way is really done. */
const ADVANCE_MAX_MS = 10 * 366 * 86_400_000;
/** Years have four digits in timestamps, and periods that begin at the last moment end later. */
const CLOCK_END = '9999-01-01T00:00:00.000000Z' as Timestamp;
/** A request waits no longer than this for the work that has become due; clients and proxies give up too. */
const DRAIN_MS_MAX = 60_000;

export const ClockAdvance = Type.Object(
  {
    by: Type.Optional(
      Type.String({ description: 'An ISO 8601 duration.', examples: ['PT1H', 'P31D'] }),
    ),
    to: Type.Optional(
      Type.String({
        description: 'An instant, not before now.',
        examples: ['2030-01-01T00:00:00Z'],
      }),
    ),
  },
  { $id: 'ClockAdvance', description: 'Exactly one of `by` and `to`.' },
);

export const SandboxClock = Type.Object(
  {
    now: Type.String({
      format: 'date-time',
      description: "The server's time.",
      examples: ['2030-01-01T00:00:00.000000Z'],
    }),
  },
  { $id: 'SandboxClock', description: "The sandbox's clock." },
);

const CLOCK_EXAMPLES: Examples = {
  clock: { summary: 'The time', value: { now: '2030-01-01T00:00:00.000000Z' } },
};

const ADVANCE_EXAMPLES: Examples = {
  by: { summary: 'A month and a day further', value: { by: 'P1M1D' } },
  to: { summary: 'To an instant', value: { to: '2030-01-01T00:00:00Z' } },
};

const readAdvance = bodyReader(ClockAdvance);

/**
 * The sandbox's clock, for any key of any project. Moving it does all work that has become due before it
 * answers: renewals, ends of rentals and quarantines, provisionings and callbacks. Work that takes longer
 * than `drainMsMax` goes on after the answer.
 */
export function registerSandboxClock(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
  clock: MovableClock,
  drain: () => Promise<void>,
  drainMsMax: number = DRAIN_MS_MAX,
): void {
  app.get(
    '/sandbox/clock',
    {
      schema: describe({
        operationId: 'GetSandboxClock',
        summary: "Read the sandbox's clock",
        description: 'Any access key of any project may use it.',
      }),
    },
    async (request, reply) => {
      await auth.authenticate(request, reply);
      await followSharedClock(context.store, clock);
      return sendJson(reply, { now: clock.now() });
    },
  );

  app.post(
    '/sandbox/clock::advance',
    {
      schema: describe(
        {
          operationId: 'AdvanceSandboxClock',
          summary: "Move the sandbox's clock forward",
          description:
            'Before it answers, everything is done that has become due: provisionings finish, callbacks are sent, rentals renew or end. What takes longer than a minute goes on after the answer. Any access key of any project may use it. An `Idempotency-Key` says nothing here, because keys live by this clock: send `to` where the request may have to be repeated.',
          body: Type.Ref('ClockAdvance'),
          'x-body-examples': ADVANCE_EXAMPLES,
        },
        {
          400: describeAnswer('The duration or instant is wrong.', 'Error', CLOCK_ERRORS[400]),
        },
      ),
    },
    async (request, reply) => {
      await auth.authenticate(request, reply);
      await followSharedClock(context.store, clock);
      clock.advance(toMilliseconds(readAdvance(request), clock));
      await context.store.write((db) => raiseSetting(db, 'clock-offset-ms', clock.offsetMs));
      await atMost(drainMsMax, drain());
      return sendJson(reply, { now: clock.now() });
    },
  );
}

function toMilliseconds(advance: { by?: string; to?: string }, clock: MovableClock): number {
  if ((advance.by === undefined) === (advance.to === undefined)) {
    throw invalidField('by', 'send either by or to.');
  }
  const field = advance.by === undefined ? 'to' : 'by';
  const milliseconds =
    advance.by === undefined
      ? untilInstant(advance.to ?? '', clock)
      : ofDuration(advance.by, clock);
  if (milliseconds === undefined) {
    const example =
      field === 'by' ? 'a duration, such as PT1H' : 'an instant, such as 2030-01-01T00:00:00Z';
    throw invalidField(field, `must be ${example}.`);
  }
  if (milliseconds < 0)
    throw invalidField(field, 'must not go back: the clock only moves forward.');
  if (milliseconds > ADVANCE_MAX_MS) throw invalidField(field, 'must be at most ten years.');
  if (milliseconds >= millisecondsBetween(clock.now(), CLOCK_END)) {
    throw invalidField(field, 'must not lead beyond the year 9998.');
  }
  return milliseconds;
}

/** Waits for the work, but not for ever. */
async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([work, setTimeout(milliseconds, undefined, { signal })]);
  } finally {
    waiting.abort();
  }
}

function untilInstant(text: string, clock: MovableClock): number | undefined {
  const to = parseTimestamp(text);
  return to && millisecondsBetween(clock.now(), to);
}

/** Months and years count from the clock's own date. */
function ofDuration(text: string, clock: MovableClock): number | undefined {
  const start = Temporal.Instant.from(clock.now()).toZonedDateTimeISO('UTC');
  try {
    return start.add(Temporal.Duration.from(text)).epochMilliseconds - start.epochMilliseconds;
  } catch {
    return undefined;
  }
}

function describe(operation: object, badRequest: object = {}): object {
  return {
    tags: ['Sandbox clock'],
    security: [{ Basic: [] }, { OAuth2: [] }],
    ...operation,
    response: {
      200: describeAnswer('Done.', 'SandboxClock', CLOCK_EXAMPLES),
      ...badRequest,
      401: UNAUTHENTICATED_ANSWER,
      ...FAULT_ANSWERS,
    },
  };
}
