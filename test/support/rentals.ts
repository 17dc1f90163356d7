import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { millisecondsBetween, type Timestamp } from '../../src/domain/timestamp.ts';
import {
  type Attempt,
  type Delivery,
  listAttempts,
  listDeliveries,
} from '../../src/store/delivery.ts';
import { listEvents } from '../../src/store/event.ts';
import type { RunningServer } from '../../src/server.ts';
import { PROJECT, type TestServer } from './test-server.ts';

/** The first number of the pool us-local. */
export const NUMBER = '+12025550100';

// oxlint-disable-next-line typescript/no-explicit-any -- an answer's JSON has every shape
export type Json = any;

/** The number of the pool us-local that stands in this place. */
export function numberAt(place: number): string {
  return `+1202555${String(100 + place).padStart(4, '0')}`;
}

export async function rent(server: TestServer, body: object, number = NUMBER): Promise<Json> {
  const answer = await server.call('POST', `/availableNumbers/${number}:rent`, { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** A rent that leads to one callback. */
export function rentWithCallback(
  server: TestServer,
  callbackUrl: string,
  number?: string,
): Promise<Json> {
  return rent(server, { voiceConfiguration: { appId: 'app' }, callbackUrl }, number);
}

export async function change(server: TestServer, body: object, number = NUMBER): Promise<Json> {
  const answer = await server.call('PATCH', `/activeNumbers/${number}`, { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export async function release(server: TestServer, number = NUMBER): Promise<Json> {
  const answer = await server.call('POST', `/activeNumbers/${number}:release`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export async function look(server: TestServer, number = NUMBER): Promise<Json> {
  const answer = await server.call('GET', `/activeNumbers/${number}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Moves the server's time to `offsetMs` after an instant, and does what has become due unless told not to. */
export async function advanceTo(
  { server }: TestServer,
  instant: string,
  offsetMs = 0,
  options = { drain: true },
): Promise<void> {
  const clock = server.context.clock as MovableClock;
  clock.advance(millisecondsBetween(clock.now(), instant as Timestamp) + offsetMs);
  if (options.drain) await server.drain();
}

/** More than any test makes of one number. */
const EVENTS_MAX = 1000;

/** A number's history, oldest first. */
export async function listEventTypes(
  { context }: RunningServer,
  number = NUMBER,
): Promise<string[]> {
  const events = await context.store.read((db) => listEvents(db, number, EVENTS_MAX));
  return events.map(({ type }) => type).toReversed();
}

/** What platforms have done with a number, oldest first, such as `PROVISIONING_TO_CAMPAIGN FAILED`. */
export async function listOutcomes({ server }: TestServer, number = NUMBER): Promise<string[]> {
  const events = await server.context.store.read((db) => listEvents(db, number, EVENTS_MAX));
  return events
    .toReversed()
    .filter(({ type }) => type.includes('PROVISIONING'))
    .map(({ type, details }) => `${type} ${JSON.parse(details).status}`);
}

export interface DeliveryRecord {
  delivery: Delivery;
  attempts: Attempt[];
}

/** The deliveries of the first project, with every attempt. */
export function listDeliveryRecords({ context }: RunningServer): Promise<DeliveryRecord[]> {
  return context.store.read(async (db) => {
    const deliveries = await listDeliveries(db, PROJECT.id, 1000);
    return Promise.all(
      deliveries.map(async (delivery) => ({
        delivery,
        attempts: await listAttempts(db, delivery.id),
      })),
    );
  });
}
