import assert from 'node:assert/strict';

import { openCommandLine } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  createOrder,
  fillOrder,
  GERMAN_NUMBER,
  GERMAN_STOCK,
  getState,
  submit,
  submitForPerson,
} from '../support/number-orders.ts';
import { PROJECT } from '../support/test-server.ts';

const NO_ORDER = '01jtcx4n2e8g5y0d1m4q9t7h3z';

testOnEachEngine('orders are reviewed on the command line', async (start, engine) => {
  await using server = await start({}, GERMAN_STOCK);
  await using cli = await openCommandLine(engine);
  const environment = { DATABASE_URL: server.server.context.config.databaseUrl };
  const order = (...args: string[]) => cli.run(['order', ...args], { environment });
  assert.match((await order('list')).stdout, /^No order is IN_REVIEW\.$/m);
  const id = await submitForPerson(server);
  const listed = await order('list');
  assert.match(listed.stdout, new RegExp(`${id} +${PROJECT.id} +DE LOCAL`));
  const shown = JSON.parse((await order('show', id)).stdout);
  assert.partialDeepStrictEqual(shown, {
    state: 'IN_REVIEW',
    numbers: [{ phoneNumber: GERMAN_NUMBER, pool: 'de-local' }],
    data: [{ name: 'IN_REVIEW' }, { city: 'Berlin' }],
  });
  const save = ['show', id, '--attachment', 'proof-of-address', '--output', 'bill.pdf'];
  assert.equal((await order(...save)).code, 0);
  assert.equal(await cli.read('bill.pdf'), '%PDF-1.7');
  assert.equal((await order(...save)).code, 1, 'it overwrites nothing');

  const unsaid = await order('block', id);
  assert.equal(unsaid.code, 1);
  assert.match(unsaid.stderr, /is required: it is what the client is told/);
  const blocked = await order('block', id, '--reason', 'The bill is too old.');
  assert.match(blocked.stdout, new RegExp(`The order ${id} of ${PROJECT.id} is BLOCKED`));
  await fillOrder(server, id, 'IN_REVIEW');
  await submit(server, id);
  assert.match((await order('approve', id)).stdout, /is COMPLETED/);
  assert.equal((await server.call('GET', `/activeNumbers/${GERMAN_NUMBER}`)).status, 200);
  assert.match((await order('approve', id)).stderr, /The order is COMPLETED/);
});

testOnEachEngine(
  'an order is rejected, and one that there is not is no order',
  async (start, engine) => {
    await using server = await start({}, GERMAN_STOCK);
    await using cli = await openCommandLine(engine);
    const environment = { DATABASE_URL: server.server.context.config.databaseUrl };
    const id = await submitForPerson(server);
    const args = ['order', 'reject', id, '--reason', 'No such company.'];
    assert.match((await cli.run(args, { environment })).stdout, /is REJECTED/);
    assert.equal(await getState(server, id), 'REJECTED');
    await createOrder(server);
    for (const command of ['show', 'approve']) {
      const unknown = await cli.run(['order', command, NO_ORDER], { environment });
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /There is no order/);
    }
  },
);
