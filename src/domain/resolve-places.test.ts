import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { areaCodeOf } from './area-code.ts';
import { DEMO_POOLS } from './demo-stock.ts';
import { type Gazetteer, loadGazetteer } from './gazetteer.ts';
import { describePlace, distanceKm, listNeighbours } from './place.ts';
import {
  DISTANCE_KM_MAX,
  PLACES_MAX,
  type PlaceQuery,
  PREFIXES_MAX,
  resolvePlaces,
} from './resolve-places.ts';

const gazetteer = await loadGazetteer();

function prefixesOf(query: PlaceQuery): readonly string[] {
  const resolved = resolvePlaces(gazetteer, query);
  assert.ok('prefixes' in resolved, JSON.stringify({ query, resolved }));
  return resolved.prefixes;
}

function problemOf(query: PlaceQuery): string {
  const resolved = resolvePlaces(gazetteer, query);
  assert.ok('field' in resolved, JSON.stringify({ query, resolved }));
  return `${resolved.field}: ${resolved.description}`;
}

const TOWNS: { region: string; spellings: string[]; prefixes: string[] }[] = [
  {
    region: 'US',
    spellings: ['Boston', 'boston', ' BOSTON ', 'Boston, MA', 'Boston MA', 'Boston, Massachusetts'],
    prefixes: ['+1617', '+1857'],
  },
  { region: 'US', spellings: ['Washington, DC', 'Washington DC'], prefixes: ['+1202', '+1771'] },
  { region: 'DE', spellings: ['Munich', 'München', 'Muenchen', 'munchen'], prefixes: ['+4989'] },
  { region: 'DE', spellings: ['Cologne', 'Köln', 'Koeln'], prefixes: ['+49221'] },
  { region: 'GB', spellings: ['London', 'LONDON'], prefixes: ['+4420'] },
  { region: 'SE', spellings: ['Gothenburg', 'Göteborg', 'goteborg'], prefixes: ['+4631'] },
  { region: 'SE', spellings: ['Malmö', 'Malmo', 'Malmoe'], prefixes: ['+4640'] },
  { region: 'CA', spellings: ['Montreal', 'Montréal'], prefixes: ['+1263', '+1438', '+1514'] },
  { region: 'CH', spellings: ['Zurich', 'Zürich'], prefixes: ['+4143', '+4144'] },
  { region: 'FR', spellings: ['Paris'], prefixes: ['+331'] },
  { region: 'FR', spellings: ['Lyon', 'Marseille', 'Montpellier'], prefixes: ['+334'] },
  { region: 'FR', spellings: ['Toulouse', 'Bordeaux'], prefixes: ['+335'] },
  { region: 'JP', spellings: ['Tokyo', '東京'], prefixes: ['+813'] },
  { region: 'ES', spellings: ['Bilbao'], prefixes: ['+34844', '+34846', '+34944', '+34946'] },
];

for (const { region, spellings, prefixes } of TOWNS) {
  test(`${spellings[0]} is found however it is spelled`, () => {
    for (const locality of spellings) {
      assert.deepEqual(prefixesOf({ regionCode: region, locality }), prefixes, locality);
    }
  });
}

test('New York is the whole city, and Brooklyn a part of it', () => {
  const city = prefixesOf({ regionCode: 'US', locality: 'New York City' });
  for (const code of ['+1212', '+1646', '+1718', '+1917', '+1929']) assert.ok(city.includes(code));
  assert.deepEqual(prefixesOf({ regionCode: 'US', locality: 'New York' }), city);
  for (const prefix of prefixesOf({ regionCode: 'US', locality: 'Brooklyn' })) {
    assert.ok(
      city.some((whole) => prefix.startsWith(whole) && prefix !== whole),
      prefix,
    );
  }
});

test('of several towns with a name all are meant, and a state says which', () => {
  const resolved = resolvePlaces(gazetteer, { regionCode: 'US', locality: 'Portland' });
  assert.ok('places' in resolved);
  const states = resolved.places.map((place) => place.administrativeArea);
  assert.ok(states.includes('Maine') && states.includes('Oregon'));
  assert.deepEqual(
    prefixesOf({ regionCode: 'US', locality: 'Portland', administrativeArea: 'OR' }),
    ['+1503', '+1971'],
  );
  const begun = resolvePlaces(gazetteer, { regionCode: 'DE', locality: 'Frankfurt' });
  assert.ok('places' in begun);
  assert.ok(begun.places.some(({ locality }) => locality === 'Frankfurt am Main'));
  assert.ok(begun.places.some(({ locality }) => locality === 'Frankfurt (Oder)'));
});

test('a state is found by its name, its code and its name in its own language', () => {
  const connecticut = ['+1203', '+1475', '+1860', '+1959'];
  for (const administrativeArea of ['Connecticut', 'CT', 'ct']) {
    assert.deepEqual(prefixesOf({ regionCode: 'US', administrativeArea }), connecticut);
  }
  const bavaria = prefixesOf({ regionCode: 'DE', administrativeArea: 'Bavaria' });
  assert.ok(bavaria.includes('+4989'));
  assert.deepEqual(prefixesOf({ regionCode: 'DE', administrativeArea: 'Bayern' }), bavaria);
  assert.deepEqual(prefixesOf({ regionCode: 'FR', administrativeArea: 'Ile-de-France' }), ['+331']);
  // A zone belongs to each of the states that share it.
  assert.deepEqual(prefixesOf({ regionCode: 'FR', administrativeArea: 'Occitanie' }), [
    '+334',
    '+335',
  ]);
  assert.ok(prefixesOf({ regionCode: 'AU', administrativeArea: 'QLD' }).includes('+617'));
});

const AREA_CODES: { region: string; spellings: string[]; prefixes: string[] }[] = [
  { region: 'US', spellings: ['212', '(212)', '1 212', '+1 212', '1-212'], prefixes: ['+1212'] },
  { region: 'GB', spellings: ['20', '020', '(0)20', '+44 20'], prefixes: ['+4420'] },
  { region: 'GB', spellings: ['0207', '020 7', '207'], prefixes: ['+44207'] },
  { region: 'IT', spellings: ['02'], prefixes: ['+3902'] },
  { region: 'DE', spellings: ['030', '30'], prefixes: ['+4930'] },
  // Codes without a place are codes all the same.
  { region: 'GB', spellings: ['07700', '7700'], prefixes: ['+447700'] },
  { region: 'US', spellings: ['800'], prefixes: ['+1800'] },
  { region: 'CA', spellings: ['800'], prefixes: ['+1800'] },
  { region: 'DK', spellings: ['33'], prefixes: ['+4533'] },
];

for (const { region, spellings, prefixes } of AREA_CODES) {
  test(`an area code of ${region} is understood as people write it: ${spellings.join(', ')}`, () => {
    for (const areaCode of spellings) {
      assert.deepEqual(prefixesOf({ regionCode: region, areaCode }), prefixes, areaCode);
    }
  });
}

test('all that is asked must hold', () => {
  const boston = { regionCode: 'US', locality: 'Boston' };
  assert.deepEqual(prefixesOf({ ...boston, areaCode: '857' }), ['+1857']);
  assert.deepEqual(prefixesOf({ ...boston, areaCode: '61' }), ['+1617']);
  assert.deepEqual(prefixesOf({ ...boston, near: '42.4,-71.1', administrativeArea: 'MA' }), [
    '+1617',
    '+1857',
  ]);
  assert.match(problemOf({ ...boston, areaCode: '212' }), /^areaCode: no number of that place/);
  assert.match(
    problemOf({ ...boston, administrativeArea: 'CA' }),
    /^locality: there is no "Boston"/,
  );
  assert.match(
    problemOf({ ...boston, near: '40.7,-74' }),
    /^near: .* nearest is Boston, 30\d km away/,
  );
});

const PROBLEMS: { query: PlaceQuery; problem: RegExp }[] = [
  { query: { regionCode: 'US', locality: 'Bostn' }, problem: /^locality: .*mean Boston\?$/ },
  { query: { regionCode: 'GB', locality: 'Cardif' }, problem: /^locality: .*mean Cardiff\?$/ },
  { query: { regionCode: 'US', locality: 'Xyzzyqwert' }, problem: /is called "Xyzzyqwert"\.$/ },
  { query: { regionCode: 'US', locality: 'x'.repeat(101) }, problem: /^locality: .*100 char/ },
  {
    query: { regionCode: 'US', administrativeArea: 'Calfornia' },
    problem: /^administrativeArea: .*mean California\?$/,
  },
  { query: { regionCode: 'DK', locality: 'Copenhagen' }, problem: /^locality: .* Denmark are not/ },
  { query: { regionCode: 'DK', near: '55.7,12.6' }, problem: /^near: .* Denmark are not known/ },
  { query: { regionCode: 'US', areaCode: '416' }, problem: /^areaCode: 416 is an area code of CA/ },
  { query: { regionCode: 'CA', areaCode: '212' }, problem: /^areaCode: 212 is an area code of US/ },
  {
    query: { regionCode: 'US', areaCode: '999' },
    problem: /^areaCode: no number.*919, 949 or 989/,
  },
  { query: { regionCode: 'DE', areaCode: '+1 212' }, problem: /^areaCode: .*than \+49/ },
  { query: { regionCode: 'US', areaCode: 'Boston' }, problem: /^areaCode: must be digits/ },
  { query: { regionCode: 'US', near: 'Boston' }, problem: /^near: must be a number in E.164/ },
  { query: { regionCode: 'US', near: '91,0' }, problem: /^near: is no place on earth/ },
  { query: { regionCode: 'US', near: '0,0' }, problem: /^near: none .*within 50 km; the nearest/ },
  { query: { regionCode: 'US', near: '+18005550100' }, problem: /^near: where \+1800.* not known/ },
  {
    query: { regionCode: 'US', near: '40,-74', distanceKm: DISTANCE_KM_MAX + 1 },
    problem: /^distanceKm: .*at most 500/,
  },
  { query: { regionCode: 'US', near: '40,-74', distanceKm: 0 }, problem: /^distanceKm: must be/ },
];

for (const { query, problem } of PROBLEMS) {
  test(`what is wrong is told by its field: ${JSON.stringify(query).slice(0, 60)}`, () => {
    assert.match(problemOf(query), problem);
  });
}

test('near a number, and near a point', () => {
  const near = prefixesOf({ regionCode: 'US', near: '40.71,-74.01', distanceKm: 10 });
  // Manhattan, the rest of the city, and Jersey City across the river, with all that lies over them.
  for (const code of ['+1212', '+1332', '+1718', '+1201', '+1551']) assert.ok(near.includes(code));
  assert.ok(!near.some((prefix) => prefix.startsWith('+1617')));
  assert.deepEqual(prefixesOf({ regionCode: 'FR', near: '+33199000000', distanceKm: 10 }), [
    '+331',
  ]);
  // Windsor, Ontario, lies opposite Detroit.
  const across = resolvePlaces(gazetteer, { regionCode: 'CA', near: '+13135550100' });
  assert.ok('places' in across);
  assert.equal(across.places[0]?.locality, 'Windsor');
  assert.ok(across.places.every((place) => (place.distanceKm ?? Infinity) <= 50));
});

/** The towns that the demo stock's ranges are meant to be in, by what its numbers begin with. */
const DEMO_TOWNS: Record<string, string> = {
  '+1212': 'New York',
  '+1312': 'Chicago',
  '+1213': 'Los Angeles',
  '+1713': 'Houston',
  '+1718': 'New York',
  '+1617': 'Boston',
  '+1206': 'Seattle',
  '+1415': 'San Francisco',
  '+1628': 'San Francisco',
  '+1202': 'Washington',
  '+1305': 'Miami',
  '+1404': 'Atlanta',
  '+1512': 'Austin',
  '+1702': 'Las Vegas',
  '+1917': 'New York',
  '+1416': 'Toronto',
  '+1514': 'Montreal',
  '+1204': 'Winnipeg',
  '+4420': 'London',
  '+44113': 'Leeds',
  '+44114': 'Sheffield',
  '+44115': 'Nottingham',
  '+44116': 'Leicester',
  '+44117': 'Bristol',
  '+44118': 'Reading',
  '+44121': 'Birmingham',
  '+44131': 'Edinburgh',
  '+44141': 'Glasgow',
  '+44151': 'Liverpool',
  '+44161': 'Manchester',
  '+44191': 'Newcastle upon Tyne',
  '+4428': 'Belfast',
  '+4429': 'Cardiff',
  '+4930': 'Berlin',
  '+4969': 'Frankfurt am Main',
  '+4940': 'Hamburg',
  '+49221': 'Cologne',
  '+4989': 'Munich',
  '+331': 'Paris',
};

test('every range of the demo stock with a known city is in that city', () => {
  const seen = new Set<string>();
  for (const pool of DEMO_POOLS) {
    for (const { first } of pool.blocks) {
      const head = Object.keys(DEMO_TOWNS).find((prefix) => first.startsWith(prefix));
      if (head === undefined || pool.type === 'TOLL_FREE') continue;
      seen.add(head);
      assert.equal(describePlace(gazetteer, first, pool.type)?.locality, DEMO_TOWNS[head], first);
      const query = { regionCode: pool.regionCode, locality: DEMO_TOWNS[head] };
      assert.ok(
        prefixesOf(query).some((prefix) => first.startsWith(prefix)),
        first,
      );
    }
  }
  assert.deepEqual([...seen].sort(), Object.keys(DEMO_TOWNS).sort());
});

test('every local range of the demo stock is in a state at least', () => {
  for (const pool of DEMO_POOLS.filter(({ type }) => type === 'LOCAL')) {
    for (const { first } of pool.blocks) {
      const place = describePlace(gazetteer, first, pool.type);
      assert.equal(place?.regionCode, pool.regionCode, first);
      assert.notEqual(place?.administrativeArea, '', first);
      assert.notEqual(areaCodeOf(gazetteer, pool.regionCode, first), '', first);
    }
  }
});

test('toll-free numbers have no place, and mobile ones only where they have area codes', () => {
  assert.equal(describePlace(gazetteer, '+18005550100', 'TOLL_FREE'), undefined);
  assert.equal(describePlace(gazetteer, '+448081570000', 'TOLL_FREE'), undefined);
  assert.equal(describePlace(gazetteer, '+447700900000', 'MOBILE'), undefined);
  assert.equal(describePlace(gazetteer, '+919812345678', 'MOBILE'), undefined);
  assert.equal(describePlace(gazetteer, '+12025550134', 'MOBILE')?.locality, 'Washington');
});

test('the longest beginning decides whose a number is', () => {
  assert.equal(describePlace(gazetteer, '+16174921234')?.locality, 'Cambridge');
  assert.equal(describePlace(gazetteer, '+16175551234')?.locality, 'Boston');
  // Two towns of one code are named together.
  assert.equal(describePlace(gazetteer, '+41241234567')?.locality, 'Aigle/Yverdon');
});

test('area codes are as long as the plan has them', () => {
  const codes = ['US +12125550100', 'GB +442079460000', 'GB +441134960000', 'DE +493023125000'];
  assert.deepEqual(
    [...codes, 'FR +33199000000', 'AU +61355500000', 'GB +447700900000'].map((text) => {
      const [region = '', e164 = ''] = text.split(' ');
      return areaCodeOf(gazetteer, region, e164);
    }),
    ['212', '20', '113', '30', '1', '3', ''],
  );
});

test('distances are those along the surface of the earth', () => {
  const newYork = { latitude: 40.71, longitude: -74.01 };
  const london = { latitude: 51.51, longitude: -0.13 };
  assert.ok(Math.abs(distanceKm(newYork, london) - 5570) < 5);
  assert.equal(distanceKm(london, london), 0);
  const antipode = { latitude: -40.71, longitude: 105.99 };
  assert.ok(Math.abs(distanceKm(newYork, antipode) - 20_015) < 1);
});

test('neighbours are other towns, the nearest first', () => {
  const boston = describePlace(gazetteer, '+16175550100');
  assert.ok(boston !== undefined);
  const neighbours = listNeighbours(gazetteer, boston, 10);
  assert.equal(neighbours.length, 10);
  const distances = neighbours.map((place) => place.distanceKm ?? Infinity);
  assert.deepEqual(
    distances,
    distances.toSorted((a, b) => a - b),
  );
  assert.ok(!neighbours.some(({ locality }) => locality === 'Boston'));
});

const REGIONS = ['US', 'CA', 'GB', 'DE', 'FR', 'AU', 'SE', 'ES', 'IT', 'JP', 'BR', 'XX', 'DK'];
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('Boston', 'Paris', 'San', 'CA', '212', '020', '40.7,-74', '+12125550100', '0'),
);
const queries = fc.record(
  {
    regionCode: fc.constantFrom(...REGIONS),
    locality: text,
    administrativeArea: text,
    areaCode: text,
    near: text,
    distanceKm: fc.double({ min: -1, max: 600 }),
  },
  { requiredKeys: ['regionCode'] },
);

test('whatever is asked is answered: with prefixes that are in order, or with what is wrong', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const resolved = resolvePlaces(gazetteer, query as PlaceQuery);
      if ('field' in resolved) return assert.notEqual(resolved.description, '');
      const { prefixes, places } = resolved;
      assert.ok(prefixes.length > 0 && places.length <= PLACES_MAX);
      assert.deepEqual(prefixes, [...new Set(prefixes)].sort());
      for (const prefix of prefixes) {
        assert.match(prefix, /^\+\d+$/);
        assert.ok(!prefixes.some((other) => other !== prefix && prefix.startsWith(other)));
      }
    }),
    { numRuns: 300 },
  );
});

test('a number of a town is found by the town, in every region', () => {
  const towns = REGIONS.flatMap((regionCode) =>
    (gazetteer.region(regionCode)?.places ?? []).filter((place) => place.name !== ''),
  );
  fc.assert(
    fc.property(fc.constantFrom(...towns), fc.nat(), (town, pick) => {
      const { regionCode, name, digits, states } = town;
      const state = gazetteer.region(regionCode)?.states[states[0] ?? -1]?.name;
      const prefixes = prefixesOf({
        regionCode,
        locality: name,
        ...(state === undefined ? {} : { administrativeArea: state }),
      });
      const callingCode = gazetteer.region(regionCode)?.callingCode ?? '';
      const number = `+${callingCode}${digits[pick % digits.length]}5550`;
      assert.ok(
        prefixes.some((prefix) => number.startsWith(prefix)),
        `${name} ${number}`,
      );
      assert.ok(prefixes.length <= PREFIXES_MAX * 1.5);
    }),
    { numRuns: 400 },
  );
});

test('no data of a region is read before somebody asks for it', async () => {
  assert.equal(await loadGazetteer(), gazetteer);
  assert.equal((gazetteer satisfies Gazetteer).region('XX'), undefined);
});
