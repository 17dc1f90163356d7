import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { DomainError } from '../../src/errors.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { look, rent } from '../support/rentals.ts';

const DAY_MS = 86_400_000;

testOnEachEngine(
  'what falls due while the database is away is done when it is back',
  async (start) => {
    await using server = await start();
    const { store, clock } = server.server.context;
    const { nextChargeDate } = await rent(server, {});

    const read = store.read.bind(store);
    store.read = () => Promise.reject(new DomainError('UNAVAILABLE', 'It is away.'));
    (clock as MovableClock).advance(40 * DAY_MS);
    await assert.rejects(server.drain(), { code: 'UNAVAILABLE' });

    store.read = read;
    await server.drain();
    const renewed = await look(server);
    assert.ok(renewed.nextChargeDate > nextChargeDate, 'no sweep waits for having failed');
  },
);
