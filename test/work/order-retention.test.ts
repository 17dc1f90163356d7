import assert from 'node:assert/strict';

import { ATTACHMENT_BYTES_MAX } from '../../src/http/read-attachment.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  createOrder,
  fillOrder,
  GERMAN_NUMBER,
  GERMAN_STOCK,
  getState,
  submit,
  submitForPerson,
  upload,
} from '../support/number-orders.ts';
import { advanceTo, type Json, release } from '../support/rentals.ts';
import { PROJECT, type TestServer } from '../support/test-server.ts';

const DAY_MS = 86_400_000;

testOnEachEngine('what was sent with an order is deleted when it is long over', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id, 'REJECTED');
  // More than one write deletes.
  const content = new Uint8Array(ATTACHMENT_BYTES_MAX);
  await upload(server, id, 'proof-of-address', { content });
  await submit(server, id);
  await server.drain();
  assert.equal(await getState(server, id), 'REJECTED');

  await server.advance(90 * DAY_MS - 1);
  const kept = await getRegistration(server, id);
  assert.equal(kept.attachments.length, 2);
  assert.equal(kept.deleteTime, undefined);
  assert.equal(await countPieces(server), 855);

  await server.advance(1);
  assert.deepEqual(await getRegistration(server, id), {
    requestDetails: { data: [] },
    attachments: [],
    logs: kept.logs,
    deleteTime: '2026-05-01T10:20:30.123456Z',
  });
  assert.equal(await countPieces(server), 0);
  const { json } = await server.call('GET', `/numberOrders/${id}`);
  assert.deepEqual(
    [json.state, json.orderNumbers[0].phoneNumber],
    ['REJECTED', GERMAN_NUMBER],
    'the order stays',
  );
});

testOnEachEngine('who uses a number is known for as long as it is rented', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const { idNumberOrder: id } = await createOrder(server);
  await fillOrder(server, id);
  await submit(server, id);
  await server.drain();
  assert.equal(await getState(server, id), 'COMPLETED');
  for (let i = 0; i < 3; i++) await server.advance(90 * DAY_MS);
  assert.equal((await getRegistration(server, id)).attachments.length, 2);

  const { expireAt } = await release(server, GERMAN_NUMBER);
  await advanceTo(server, expireAt);
  assert.equal((await getRegistration(server, id)).attachments.length, 2);
  await server.advance(90 * DAY_MS);
  assert.notEqual((await getRegistration(server, id)).deleteTime, undefined);
  assert.equal(await countPieces(server), 0);
});

testOnEachEngine('what reviewers have is kept, and everything where that is set', async (start) => {
  await using waiting = await start({}, GERMAN_STOCK);
  const open = await submitForPerson(waiting);
  await using keeping = await start({ NUMBERYARD_NUMBER_ORDER_RETENTION_DAYS: '0' }, GERMAN_STOCK);
  const { idNumberOrder: expired } = await createOrder(keeping);
  await fillOrder(keeping, expired);
  for (const [server, id, state] of [
    [waiting, open, 'IN_REVIEW'],
    [keeping, expired, 'EXPIRED'],
  ] as const) {
    for (let i = 0; i < 2; i++) await server.advance(400 * DAY_MS);
    assert.equal(await getState(server, id), state);
    assert.equal((await getRegistration(server, id)).attachments.length, 2);
  }
});

async function getRegistration(server: TestServer, id: string): Promise<Json> {
  const answer = await server.call('GET', `/numberOrders/${id}/registration`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

async function countPieces({ server }: TestServer): Promise<number> {
  const [count] = await server.context.store.read((db) =>
    db.column<number>(
      `SELECT count(*) FROM number_order_attachment_piece
      JOIN number_order ON number_order.id = number_order_id WHERE project_id = ?`,
      PROJECT.id,
    ),
  );
  return Number(count);
}
