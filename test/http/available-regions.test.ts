import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { NUMBER, rent } from '../support/rentals.ts';
import { addPool, type TestServer } from '../support/test-server.ts';

testOnEachEngine('a region is listed when numbers of it were imported', async (start) => {
  await using server = await start({}, [{ name: 'us-local', first: NUMBER, size: 1 }]);
  const { context } = server.server;
  await insertEmptyPool(server);
  context.pools.forget();
  const us = { regionCode: 'US', regionName: 'United States', types: ['LOCAL'] };
  const list = async () => (await server.call('GET', '/availableRegions')).json.availableRegions;
  assert.deepEqual(await list(), [us]);
  // All of it is rented, and it is still a region of this operator.
  await rent(server, {});
  assert.deepEqual(await list(), [us]);

  await addPool(context.store, {
    name: 'se-filled',
    regionCode: 'SE',
    first: '+46701740605',
    size: 1,
  });
  context.pools.forget();
  assert.deepEqual(
    (await list()).map(({ regionCode }: { regionCode: string }) => regionCode),
    ['SE', 'US'],
  );
});

async function insertEmptyPool({ server }: TestServer): Promise<void> {
  const { store } = server.context;
  const id = await addPool(store, { name: 'se-empty', regionCode: 'SE', first: '+46', size: 0 });
  await store.write((db) =>
    db.run('UPDATE pool SET digits_min = 0, digits_max = 0 WHERE id = ?', id),
  );
}
