import assert from 'node:assert/strict';

import { SearchPlaces } from '../../src/app/search-places.ts';
import { testOnEachEngine } from '../support/engines.ts';

testOnEachEngine('searches that find nothing leave no place behind', async (start) => {
  await using server = await start();
  const { store, ids, pools } = server.server.context;
  const [pool] = (await pools.current()).all;
  assert.ok(pool !== undefined);
  const places = new SearchPlaces(ids);
  const pick = (prefix: string) => store.read((db) => places.pick(db, 'e164', pool, prefix));
  for (let i = 100; i < 300; i++) assert.equal((await pick(`+1999${i}`)).key, `+1999${i}`);
  for (let i = 0; i < 300; i++) assert.match((await pick('+1')).key, /^\+12025550[12]\d\d$/);
});
