import { addMilliseconds } from '../../src/domain/timestamp.ts';
import { claimInLane } from '../../src/store/job.ts';
import { continueRentOrder } from '../../src/work/rent-order.ts';
import type { RentOrderState } from '../../src/domain/rent-order.ts';
import { insertRentOrder, type RentOrder } from '../../src/store/rent-order.ts';
import { PROJECT, type TestServer } from './test-server.ts';

/** An order for nothing with a certain id, as examples and other tests name it. */
export async function addRentOrder(
  { server }: TestServer,
  id: string,
  state: RentOrderState,
  project = PROJECT,
  more: Partial<RentOrder> = {},
): Promise<void> {
  const { store, clock } = server.context;
  const now = clock.now();
  await store.write((db) =>
    insertRentOrder(db, {
      id,
      projectId: project.id,
      state,
      quantity: 1,
      allOrNothing: false,
      wanted: null,
      request: '{}',
      rentedCount: 0,
      failedCount: 0,
      reservedCount: 0,
      shares: null,
      vainTries: 0,
      error: null,
      actor: project.keyId,
      requestId: null,
      createdAt: now,
      updatedAt: now,
      endedAt: now,
      ...more,
    }),
  );
}

/** What the worker does next for the orders of a project: one claim, one step. @returns false when nothing is due. */
export async function takeOrderTurn(
  { server: { context } }: TestServer,
  project = PROJECT,
): Promise<boolean> {
  const { store, clock, ids } = context;
  const now = clock.now();
  const claim = { kind: 'rent-order', claimId: ids.ulid(), now, running: [] } as const;
  const leaseEnd = addMilliseconds(now, LEASE_MS);
  const [job] = await store.write((db) => claimInLane(db, { ...claim, leaseEnd }, project.id, 1));
  if (job === undefined) return false;
  await continueRentOrder(context, job);
  return true;
}

/** A transaction that has done everything and is not committed. */
export interface HeldCommit {
  /** When it is there. */
  arrived: Promise<void>;
  commit(): void;
  /** Undoes it, as when the process or its connection dies. */
  fail(): void;
}

/** From now on, holds a server's writes that may take long just before their commit. */
export function holdLongCommit({ server: { context } }: TestServer): HeldCommit {
  const { store } = context;
  const arrived = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  context.store = {
    ...store,
    write: (fn, options) =>
      store.write(async (db) => {
        const value = await fn(db);
        if (options?.mayTakeLong !== true) return value;
        arrived.resolve();
        await decided.promise;
        return value;
      }, options),
  };
  const letGo = () => {
    context.store = store;
  };
  return {
    arrived: arrived.promise,
    commit() {
      letGo();
      decided.resolve();
    },
    fail() {
      letGo();
      decided.reject(new Error('The connection is gone.'));
    },
  };
}

/** Longer than any test moves the clock while a job runs. */
const LEASE_MS = 60_000;
