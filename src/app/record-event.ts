import type { Context } from '../context.ts';
import type {
  CallbackEventType,
  CallbackFailureCode,
  CallbackStatus,
  DunningEventType,
} from '../domain/callback.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { findLastEvent, insertEvent, type StoredEvent } from '../store/event.ts';
import type { Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { orderCallback } from './order-callback.ts';

/** Facts of a number's life that are kept in its history and sent to nobody. */
export type HistoryEventType =
  | 'RENTED'
  | 'UPDATED'
  | 'RENEWED'
  | 'RELEASED'
  | 'RELEASE_UNDONE'
  | 'EMERGENCY_ADDRESS_PROVISIONED'
  | 'EMERGENCY_ADDRESS_DEPROVISIONED'
  | 'ENDED';

/** What nobody's request has caused carries no caller. */
export type Actor = Pick<Caller, 'actor' | 'requestId'> | 'worker' | 'operator';

/** Adds to the history of a rented number. */
export async function recordHistory(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: Pick<Rental, 'id' | 'e164' | 'projectId'>,
  type: HistoryEventType,
  actor: Actor,
  details: Record<string, unknown>,
  at: Timestamp,
): Promise<void> {
  await appendEvent(context, db, {
    e164: rental.e164,
    type,
    projectId: rental.projectId,
    rentalId: rental.id,
    ...toActorColumns(actor),
    details: JSON.stringify(details),
    createdAt: at,
  });
}

interface CallbackOutcome {
  status: CallbackStatus;
  failureCode: CallbackFailureCode | null;
  internalFailureCode: string | null;
}

/** Adds to the history and, where the number has a callback URL, orders the callback that tells of it. */
export function recordCallbackEvent(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: ToldRental,
  event: CallbackOutcome & { type: CallbackEventType; details: Record<string, unknown> },
  at: Timestamp,
): Promise<void> {
  const { type, details, ...outcome } = event;
  return recordAndTell(context, db, rental, type, { ...outcome, ...details }, outcome, at);
}

/** The same for a step of dunning, which has no outcome but itself. */
export function recordDunning(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: ToldRental,
  type: DunningEventType,
  details: Record<string, unknown>,
  at: Timestamp,
): Promise<void> {
  const outcome = { status: 'SUCCEEDED', failureCode: null, internalFailureCode: null } as const;
  return recordAndTell(context, db, rental, type, details, outcome, at);
}

type ToldRental = Pick<Rental, 'id' | 'e164' | 'projectId' | 'callbackUrl'>;

async function recordAndTell(
  context: Pick<Context, 'ids'>,
  db: Writer,
  { id: rentalId, e164, projectId, callbackUrl }: ToldRental,
  type: CallbackEventType | DunningEventType,
  details: Record<string, unknown>,
  outcome: CallbackOutcome,
  at: Timestamp,
): Promise<void> {
  const eventId = await appendEvent(context, db, {
    e164,
    type,
    projectId,
    rentalId,
    ...toActorColumns('worker'),
    details: JSON.stringify(details),
    createdAt: at,
  });
  if (callbackUrl === '') return;
  await orderCallback(context, db, callbackUrl, {
    eventId,
    at,
    projectId,
    resourceId: e164,
    resourceType: 'ACTIVE_NUMBER',
    eventType: type,
    ...outcome,
  });
}

/**
 * Adds an event to a number's history, whose lock the caller holds.
 * @returns its id, which is greater than those of the number's earlier events: receivers of callbacks may
 * put them in order by it, whichever machine made them and whatever its clock says.
 */
export async function appendEvent(
  context: Pick<Context, 'ids'>,
  db: Writer,
  event: Omit<StoredEvent, 'id' | 'sequence'>,
): Promise<string> {
  const last = await findLastEvent(db, event.e164);
  const id = context.ids.ulid(last?.id);
  await insertEvent(db, { id, sequence: (last?.sequence ?? 0) + 1, ...event });
  return id;
}

export function toActorColumns(actor: Actor): { actor: string; requestId: string | null } {
  return typeof actor === 'string'
    ? { actor, requestId: null }
    : { actor: actor.actor, requestId: actor.requestId };
}
