import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import type { Answer, TestServer } from '../support/test-server.ts';

const BOSTON = ['+16175550100', '+18575550101'];
const WASHINGTON = ['+12025550100'];
const NEW_YORK = ['+12125550100', '+16465550100'];
const SEATTLE = ['+12065550100'];
const LONDON = ['+442079460018'];
const LEEDS = ['+441134960000'];
/** Of no town: an area code of toll-free numbers. */
const NOWHERE = ['+18005550100'];

async function addStocks(server: TestServer): Promise<void> {
  const american = [...BOSTON, ...WASHINGTON, ...NEW_YORK, ...SEATTLE, ...NOWHERE];
  await addStock(server, { name: 'us' }, american);
  await addStock(server, { name: 'gb', regionCode: 'GB' }, [...LONDON, ...LEEDS]);
}

function find(server: TestServer, regionCode: string, query: string): Promise<Answer> {
  return server.call('GET', `/availableNumbers?regionCode=${regionCode}&type=LOCAL&${query}`);
}

function numbersOf(answer: Answer): string[] {
  assert.equal(answer.status, 200, answer.text);
  return answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber).sort();
}

testOnEachEngine('numbers are found by their place', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const [region, query, found] of [
    ['US', 'locality=Boston', BOSTON],
    ['US', 'locality=boston,+ma', BOSTON],
    ['US', 'administrativeArea=MA', BOSTON],
    ['US', 'administrativeArea=Washington&locality=Seattle', SEATTLE],
    ['US', 'locality=New+York', NEW_YORK],
    ['US', 'locality=New%20York%20City&areaCode=646', ['+16465550100']],
    ['US', 'areaCode=212', ['+12125550100']],
    ['US', 'areaCode=800', NOWHERE],
    ['US', 'near=40.71,-74.01', NEW_YORK],
    ['US', 'near=%2B12125550199&distanceKm=500', [...BOSTON, ...WASHINGTON, ...NEW_YORK]],
    ['US', 'near=+12125550199&distanceKm=50', NEW_YORK],
    ['US', 'near=40.71,-74.01&distanceKm=330&administrativeArea=DC', WASHINGTON],
    ['US', 'locality=Boston&numberPattern.pattern=0101', ['+18575550101']],
    [
      'US',
      'locality=Boston&numberPattern.pattern=*01&numberPattern.searchPattern=END',
      ['+18575550101'],
    ],
    [
      'US',
      'locality=Boston&numberPattern.pattern=617&numberPattern.searchPattern=START',
      ['+16175550100'],
    ],
    ['US', 'locality=Boston&excludePattern=617', ['+18575550101']],
    ['US', 'locality=Boston&numberPattern.pattern=202', []],
    ['US', 'locality=Chicago', []],
    ['GB', 'areaCode=020', LONDON],
    ['GB', 'areaCode=20', LONDON],
    ['GB', 'locality=Leeds', LEEDS],
  ] as const) {
    assert.deepEqual(numbersOf(await find(server, region, query)), found.toSorted(), query);
  }
});

testOnEachEngine(
  'the places that were meant, and those of the numbers, are shown when asked for',
  async (start) => {
    await using server = await start({}, []);
    await addStocks(server);
    const boston = await find(server, 'US', 'locality=Boston&showPlace=true&size=1');
    assert.equal(numbersOf(boston).length, 1);
    assert.deepEqual(boston.json.availableNumbers[0].place, {
      locality: 'Boston',
      administrativeArea: 'Massachusetts',
      latitude: 42.36,
      longitude: -71.06,
    });
    assert.deepEqual(boston.json.places, [
      {
        locality: 'Boston',
        administrativeArea: 'Massachusetts',
        latitude: 42.36,
        longitude: -71.06,
        distanceKm: null,
        prefixes: ['+1617', '+1857'],
      },
    ]);
    const near = await find(server, 'US', 'near=40.71,-74.01&showPlace=true');
    const places: { locality: string; distanceKm: number }[] = near.json.places;
    assert.ok(places.some(({ locality }) => locality === 'New York'));
    assert.ok(places.length <= 20 && places.every(({ distanceKm }) => distanceKm <= 50));
    const distances = places.map(({ distanceKm }) => distanceKm);
    assert.deepEqual(
      distances,
      distances.toSorted((one, other) => one - other),
    );
    // Nobody asked for a place; a toll-free number has none.
    const all = await find(server, 'US', 'showPlace=true');
    assert.deepEqual(all.json.places, []);
    const towns = new Map(
      all.json.availableNumbers.map(
        (n: { phoneNumber: string; place: { locality: string } | null }) => [
          n.phoneNumber,
          n.place?.locality,
        ],
      ),
    );
    assert.equal(towns.get('+12065550100'), 'Seattle');
    assert.equal(towns.get('+18005550100'), undefined);
    const plain = await find(server, 'US', 'locality=Boston&showPlace=false');
    assert.deepEqual(Object.keys(plain.json), ['availableNumbers']);
    assert.ok(!('place' in plain.json.availableNumbers[0]));
  },
);

testOnEachEngine('a rent of any number takes a place', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const [body, rented] of [
    [{ locality: 'Seattle' }, '+12065550100'],
    [{ area_code: '202' }, '+12025550100'],
    [{ near: '+12125550199', distanceKm: 5, numberPattern: { pattern: '646' } }, '+16465550100'],
    [{ locality: 'Boston', administrativeArea: 'MA', excludePattern: '857' }, '+16175550100'],
  ] as const) {
    const answer = await server.call('POST', '/availableNumbers:rentAny', {
      body: { regionCode: 'US', type: 'LOCAL', ...body },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.phoneNumber, rented);
  }
});

testOnEachEngine('a place that is not known is refused by its name', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const [query, field] of [
    ['locality=Atlantis', 'locality'],
    ['administrativeArea=Bavaria', 'administrativeArea'],
    ['locality=Boston&administrativeArea=TX', 'locality'],
    ['areaCode=xyz', 'areaCode'],
    ['areaCode=999', 'areaCode'],
    ['locality=Boston&areaCode=212', 'areaCode'],
    ['near=somewhere', 'near'],
    ['near=91,0', 'near'],
    ['near=40.71,-74.01&distanceKm=0', 'distanceKm'],
    ['near=40.71,-74.01&distanceKm=501', 'distanceKm'],
    ['near=40.71,-74.01&distanceKm=ten', 'distanceKm'],
    ['distanceKm=10', 'distanceKm'],
    [`locality=${'x'.repeat(101)}`, 'locality'],
  ] as const) {
    assertRefused(await find(server, 'US', query), field, query);
  }
  for (const [body, field] of [
    [{ locality: 'Atlantis' }, 'locality'],
    [{ administrative_area: 'Bavaria' }, 'administrative_area'],
    [{ locality: 5 }, 'locality'],
    [{ distance_km: 10 }, 'distance_km'],
    [{ near: '91,0' }, 'near'],
  ] as const) {
    const answer = await server.call('POST', '/availableNumbers:rentAny', {
      body: { regionCode: 'US', type: 'LOCAL', ...body },
    });
    assertRefused(answer, field, body);
  }
});
