import assert from 'node:assert/strict';

import type { Store } from '../../src/store/store.ts';
import { type HoldingListener, startHoldingListener } from './holding-listener.ts';
import {
  type RecordedRequest,
  type RecordingListener,
  startRecordingListener,
} from './recording-listener.ts';

/** The receivers of all callbacks of a test, of three kinds. */
export interface CallbackReceivers extends AsyncDisposable {
  /** Answers at once. */
  prompt: RecordingListener;
  /** Answers the first request for every third event with an error. */
  flaky: RecordingListener;
  hanging: HoldingListener;
  /** How many errors each event got. */
  failures: ReadonlyMap<string, number>;
}

export async function startCallbackReceivers(): Promise<CallbackReceivers> {
  await using stack = new AsyncDisposableStack();
  const failures = new Map<string, number>();
  const seen = new Set<string>();
  const prompt = stack.use(await startRecordingListener());
  const flaky = stack.use(
    await startRecordingListener((request, response) => {
      const eventId = eventIdOf(request);
      const isFirst = !seen.has(eventId);
      seen.add(eventId);
      if (isFirst && seen.size % 3 === 0) {
        failures.set(eventId, 1);
        response.statusCode = 500;
      }
      response.end();
    }),
  );
  const hanging = stack.use(await startHoldingListener());
  const owned = stack.move();
  return { prompt, flaky, hanging, failures, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export function eventIdOf({ body }: RecordedRequest): string {
  return (JSON.parse(body) as { eventId: string }).eventId;
}

/**
 * One delivery for each event, delivered, with the same body each time. A receiver hears of an event as often
 * as attempts are on record: once, and once more for each error. Only what was under way in a process that
 * was killed may have been sent once more than that.
 */
export async function assertDelivered(
  store: Store,
  { prompt, flaky, hanging, failures }: CallbackReceivers,
  underWay: ReadonlySet<string>,
): Promise<void> {
  const requests = [prompt, flaky, hanging].flatMap((receiver) => receiver.requests);
  const heard = Map.groupBy(requests, eventIdOf);
  const events = await store.read((db) =>
    db.column<string>("SELECT id FROM event WHERE type LIKE '%PROVISIONING%'"),
  );
  const deliveries = await store.read((db) =>
    db.all<{ eventId: string; status: string; body: string; attempts: number; recorded: number }>(
      `SELECT event_id AS "eventId", status, body, attempts,
        (SELECT count(*) FROM attempt WHERE delivery_id = delivery.id) AS recorded FROM delivery`,
    ),
  );
  assert.deepEqual(deliveries.map(({ eventId }) => eventId).sort(), events.sort());
  assert.ok(failures.size > 0, 'some attempts failed');
  for (const { eventId, status, body, attempts, recorded } of deliveries) {
    const sent = heard.get(eventId) ?? [];
    const what = `${eventId}: ${status}, ${attempts} attempts, ${sent.length} requests`;
    assert.equal(status, 'DELIVERED', what);
    assert.equal(recorded, attempts, what);
    assert.deepEqual(new Set(sent.map((request) => request.body)), new Set([body]), what);
    const unrecorded = sent.length - attempts;
    assert.ok(unrecorded === 0 || (unrecorded === 1 && underWay.has(eventId)), what);
    assert.ok(attempts <= 1 + (failures.get(eventId) ?? 0), what);
  }
}
