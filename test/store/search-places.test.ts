import assert from 'node:assert/strict';

import { SearchPlaces } from '../../src/app/search-places.ts';
import type { Reader, SqlValue } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { rent } from '../support/rentals.ts';
import { addStock } from '../support/stock.ts';
import type { TestServer } from '../support/test-server.ts';

const AREAS = ['+1201', '+1202', '+1555', '+1907'];
/** Four areas with gaps between them, one of them ten times as large as each of the others. */
const STOCK = AREAS.flatMap((area, i) =>
  Array.from({ length: i === 2 ? 3000 : 300 }, (_, number) => `${area}555${1000 + number}`),
);

testOnEachEngine(
  'a place is a number of the range, and without one there is none',
  async (start) => {
    await using server = await start({}, []);
    await addStock(server, { name: 'areas' }, STOCK);
    const { store, pools, places } = server.server.context;
    const [pool] = (await pools.current()).all;
    assert.ok(pool !== undefined);
    const pick = (prefix: string) => store.read((db) => places.pick(db, 'e164', pool, prefix));
    const pickAll = async () => {
      for (const prefix of ['+1', '+1202', '+155555530', '+19075551234']) {
        for (let i = 0; i < 20; i++) {
          const place = await pick(prefix);
          assert.ok(place?.startsWith(prefix) && STOCK.includes(place), `${prefix} ${place}`);
        }
      }
      for (const prefix of ['+2', '+1203', '+12025559'])
        assert.equal(await pick(prefix), undefined);
      const reversed = await store.read((db) => places.pick(db, 'reversed', pool, '7'));
      assert.ok(reversed?.startsWith('7') && STOCK.includes([...reversed].reverse().join('')));
    };
    // Before anything is known of the stock, and when it is.
    await pickAll();
    await places.learn('e164', pool);
    await places.learn('reversed', pool);
    await pickAll();
  },
);

testOnEachEngine(
  'numbers that others take while a place is picked do not hide the rest of the range',
  async (start) => {
    await using server = await start({}, []);
    const [first, last] = ['+12015551000', '+19075551000'];
    await addStock(server, { name: 'two' }, [first, last]);
    const { store, pools, ids } = server.server.context;
    const [pool] = (await pools.current()).all;
    assert.ok(pool !== undefined);
    // The first guess is in the middle, and leads to the last number.
    const places = new SearchPlaces(store, { ...ids, below: (limit) => Math.floor(limit / 2) });
    const picked = await store.read((db) =>
      places.pick(withTheft(db, server, last), 'e164', pool, '+1'),
    );
    assert.equal(picked, first);
  },
);

/** Somebody rents a number as soon as it has been seen. */
function withTheft(db: Reader, server: TestServer, e164: string): Reader {
  return {
    dialect: db.dialect,
    all: db.all.bind(db),
    get: db.get.bind(db),
    async column<Value>(sql: string, ...values: SqlValue[]) {
      const found = await db.column<Value>(sql, ...values);
      if (found.includes(e164 as Value)) await rent(server, {}, e164);
      return found;
    },
  };
}
