import assert from 'node:assert/strict';

import { AccountCatalog } from '../../src/app/account-catalog.ts';
import { creditProject, limitCredit } from '../../src/app/change-account.ts';
import { checkAccounts } from '../../src/app/check-accounts.ts';
import type { DomainError } from '../../src/errors.ts';
import { renewRentals } from '../../src/app/renew-rentals.ts';
import { SetAside } from '../../src/app/set-aside.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { accounts, assertBalanced, credit } from '../support/prepaid.ts';
import { advanceTo, type Json, NUMBER, numberAt, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

// A rent costs 0.50 for the setup and 0.75 for the first month.

testOnEachEngine('a project rents what its balance and its credit limit cover', async (start) => {
  await using server = await start();
  await credit(server, '2.00');
  await rent(server, {}, numberAt(0));
  assert.deepEqual(await accounts(server), [
    { currencyCode: 'USD', balance: '0.75', creditLimit: '0.00', unpaid: null },
  ]);
  const refused = await tryRent(server, numberAt(1));
  assert.equal(refused.status, 400);
  assert.equal(refused.json.error.status, 'FAILED_PRECONDITION');
  assert.deepEqual(refused.json.error.details[0].violations, [
    {
      type: 'INSUFFICIENT_BALANCE',
      subject: PROJECT.id,
      limit: '0.00',
      used: '0.00',
      resetTime: null,
      description:
        'The balance is 0.75 USD with a credit limit of 0.00; this number costs 1.25 at first.',
    },
  ]);
  assert.equal((await server.call('GET', `/availableNumbers/${numberAt(1)}`)).status, 200);
  await limitCredit(server.server.context, PROJECT.id, {
    creditLimit: '0.50',
    currencyCode: 'USD',
  });
  await rent(server, {}, numberAt(1));
  assert.deepEqual(await accounts(server), [
    { currencyCode: 'USD', balance: '-0.50', creditLimit: '0.50', unpaid: null },
  ]);
  const owing = await tryRent(server, numberAt(2));
  const [violation] = owing.json.error.details[0].violations;
  assert.deepEqual([violation.limit, violation.used], ['0.50', '0.50']);
  await assertBalanced(server, 1);
});

testOnEachEngine('an account is for its project and its currency', async (start) => {
  await using server = await start();
  await credit(server, '5.00');
  assert.deepEqual(await accounts(server, OTHER_PROJECT), []);
  assert.equal((await tryRent(server, numberAt(0), OTHER_PROJECT)).status, 200);
  // This pool asks for another currency, in which the project has no account.
  const refused = await tryRent(server, '+448081570000');
  assert.equal(refused.status, 400);
  assert.equal(refused.json.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
  await assertBalanced(server, 1);
});

testOnEachEngine('many rents at once spend no more than there is', async (start) => {
  await using server = await start();
  await credit(server, '6.25');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => tryRent(server, numberAt(i))),
  );
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 5);
  assert.equal(statuses.filter((status) => status === 400).length, 15);
  assert.equal((await accounts(server))[0].balance, '0.00');
  await assertBalanced(server, 1);
});

testOnEachEngine('an order rents as many as the balance covers', async (start) => {
  await using server = await start();
  await credit(server, '2.50');
  const phoneNumbers = [0, 1, 2].map(numberAt);
  const { json } = await server.call('POST', '/rentOrders', { body: { phoneNumbers } });
  assert.deepEqual([json.state, json.rentedQuantity], ['PARTIAL', 2]);
  await assertBalanced(server, 1);
});

testOnEachEngine('renewals are taken from the balance', async (start) => {
  await using server = await start();
  // Rented before there was an account: from then on it is paid in advance too.
  await rent(server, {}, numberAt(0));
  await credit(server, '3.00');
  const { nextChargeDate } = await rent(server, {}, numberAt(1));
  await advanceTo(server, nextChargeDate);
  assert.equal((await accounts(server))[0].balance, '0.25');
  assert.equal((await tryRent(server, numberAt(2))).status, 400);
  await assertBalanced(server, 1);
});

testOnEachEngine(
  'renewals of several workers and rents at once leave balances right',
  async (start) => {
    await using server = await start();
    const { context } = server.server;
    await credit(server, '20.00');
    await credit(server, '20.00', OTHER_PROJECT);
    for (const place of [0, 2, 4, 6]) {
      await rent(server, {}, numberAt(place));
      assert.equal((await tryRent(server, numberAt(place + 1), OTHER_PROJECT)).status, 200);
    }
    await advanceTo(server, '2026-02-28T23:59:59.000000Z', 0, { drain: false });
    const sweeps = [1, 2, 3].map(() => renewRentals(context, new SetAside()));
    const rents = [8, 9, 10, 11].map((place) =>
      tryRent(server, numberAt(place), place % 2 === 0 ? PROJECT : OTHER_PROJECT),
    );
    await Promise.all([...sweeps, ...rents]);
    await server.drain();
    // Six rents and four renewals each.
    assert.equal((await accounts(server))[0].balance, '9.50');
    assert.equal((await accounts(server, OTHER_PROJECT))[0].balance, '9.50');
    await assertBalanced(server, 2);
  },
);

testOnEachEngine('a server that does not know of an account yet leaves it right', async (start) => {
  await using server = await start();
  const { context } = server.server;
  const unaware = new AccountCatalog(context.store);
  assert.deepEqual(await unaware.of(PROJECT.id), []);
  await credit(server, '5.00');
  const known = Promise.resolve([]);
  context.accounts = Object.assign(unaware, { of: () => known });
  await rent(server, {});
  assert.equal((await accounts(server))[0].balance, '5.00');
  await assertBalanced(server, 1);
});

testOnEachEngine('a check finds a balance that somebody changed by hand', async (start) => {
  await using server = await start();
  await credit(server, '5.00');
  await rent(server, {});
  const { context } = server.server;
  await context.store.write((db) => db.run('UPDATE account SET balance_minor = 500'));
  assert.deepEqual(await checkAccounts(context), {
    accounts: 1,
    differences: [
      {
        projectId: PROJECT.id,
        description: 'its balance is 5.00 USD, and by its payments and charges 3.75',
      },
    ],
  });
});

testOnEachEngine('a payment with a reference is written down once', async (start) => {
  await using server = await start();
  const { context } = server.server;
  const payment = { amount: '5.00', currencyCode: 'USD', reference: 'invoice 1' };
  const pay = (more: object, project = PROJECT) =>
    creditProject(context, project.id, { ...payment, ...more });
  await Promise.all([pay({}), pay({}), pay({ amount: '5' })]);
  await pay({}, OTHER_PROJECT);
  for (const other of [{ amount: '5.01' }, { currencyCode: 'EUR' }]) {
    await assert.rejects(pay(other), (error: DomainError) => {
      assert.match(error.message, /^reference: is that of another payment .* of 5\.00 USD/);
      return true;
    });
  }
  await pay({ reference: 'invoice 2' });
  for (let i = 0; i < 2; i++) await pay({ reference: '' });
  assert.equal((await accounts(server))[0].balance, '20.00');
  assert.equal((await accounts(server, OTHER_PROJECT))[0].balance, '5.00');
  await assert.rejects(pay({ reference: 'x'.repeat(201) }), { code: 'INVALID_ARGUMENT' });
  await assertBalanced(server, 2);
});

testOnEachEngine('payments and credit limits that are none are refused', async (start) => {
  await using server = await start();
  for (const amount of ['0', '-1', '1.005', 'x', '99999999999999']) {
    await assert.rejects(credit(server, amount), { code: 'INVALID_ARGUMENT' }, amount);
  }
  const { context } = server.server;
  const payment = { amount: '1', currencyCode: 'USD', reference: '' };
  await assert.rejects(creditProject(context, 'nobody', payment), { code: 'NOT_FOUND' });
  assert.deepEqual(await accounts(server), []);
});

testOnEachEngine(
  'a quote tells what the balance does not cover, as the rent would',
  async (start) => {
    await using server = await start();
    await credit(server, '3.00');
    const quote = async (number: string): Promise<Json> =>
      (await server.call('POST', `/availableNumbers/${number}:quote`, { body: {} })).json;
    assert.deepEqual((await quote(numberAt(0))).problems, []);
    const order = { quantity: 4, regionCode: 'US', type: 'LOCAL' };
    const quoted = (await server.call('POST', '/rentOrders:quote', { body: order })).json;
    const ordered = (await server.call('POST', '/rentOrders', { body: order })).json;
    assert.deepEqual(
      [quoted.state, ordered.state, ordered.rentedQuantity],
      ['PARTIAL', 'PARTIAL', 2],
    );
    assert.deepEqual(quoted.error, ordered.error);
    assert.equal(ordered.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');

    const rented = ordered.orderNumbers.map(({ phoneNumber }: Json) => phoneNumber);
    const free = [0, 1, 2].map(numberAt).find((number) => !rented.includes(number)) ?? '';
    assert.deepEqual((await quote(free)).problems, [(await tryRent(server, free)).json.error]);
    await assertBalanced(server, 1);
  },
);

function tryRent(server: TestServer, number = NUMBER, project = PROJECT) {
  return server.call('POST', `/availableNumbers/${number}:rent`, { project, body: {} });
}
