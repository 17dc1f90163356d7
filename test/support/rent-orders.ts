import type { RentOrderState } from '../../src/domain/rent-order.ts';
import { insertRentOrder } from '../../src/store/rent-order.ts';
import { PROJECT, type TestServer } from './test-server.ts';

/** An order for nothing with a certain id, as examples and other tests name it. */
export async function addRentOrder(
  { server }: TestServer,
  id: string,
  state: RentOrderState,
  project = PROJECT,
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
      vainTries: 0,
      error: null,
      actor: project.keyId,
      requestId: null,
      createdAt: now,
      updatedAt: now,
      endedAt: now,
    }),
  );
}
