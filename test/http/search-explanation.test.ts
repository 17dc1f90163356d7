import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

interface Count {
  unit: string;
  count: number;
  precision: string;
}

interface Explanation {
  outcome: string;
  pools: number;
  numbers: Count;
  steps: { parameters: string[]; removed: Count; left: Count }[];
  relaxations: {
    kind: string;
    parameters: Record<string, string | string[]>;
    leaveOut: string[];
    place: { locality: string; distanceKm: number } | null;
    example: { phoneNumber: string };
  }[];
}

type Parameters = Record<string, string | string[]>;

function toPath(parameters: Parameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, each]),
  );
  return `/availableNumbers?${new URLSearchParams(pairs).toString()}`;
}

async function explain(server: TestServer, parameters: Parameters): Promise<Explanation> {
  const asked = { regionCode: 'US', type: 'LOCAL', ...parameters };
  const answer = await server.call('GET', toPath({ ...asked, explain: 'true' }));
  assert.equal(answer.status, 200, answer.text);
  const { explanation } = answer.json as { explanation: Explanation };
  await assertRelaxationsWork(server, asked, explanation);
  return explanation;
}

/** Each relaxation, sent as it is, finds its example. */
async function assertRelaxationsWork(
  server: TestServer,
  asked: Parameters,
  { relaxations }: Explanation,
): Promise<void> {
  for (const { kind, parameters, leaveOut, example } of relaxations) {
    const changed: Parameters = { ...asked, ...parameters, size: '1000' };
    for (const name of leaveOut) {
      assert.ok(Object.hasOwn(asked, name), `${kind} leaves out ${name}, which was not asked`);
      delete changed[name];
    }
    const answer = await server.call('GET', toPath(changed));
    assert.equal(answer.status, 200, answer.text);
    const numbers = answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
    assert.ok(numbers.includes(example.phoneNumber), `${kind} ${JSON.stringify(changed)}`);
    const check = await server.call('GET', `/availableNumbers/${example.phoneNumber}`);
    assert.deepEqual(check.json, example);
  }
}

function kindsOf({ relaxations }: Explanation): string[] {
  return relaxations.map(({ kind }) => kind);
}

/** A step in one line. */
function stepsOf({ steps }: Explanation): string[] {
  return steps.map(({ parameters, removed, left }) => {
    const told = (count: Count) =>
      `${count.precision === 'EXACT' ? '' : '>='}${count.count} ${count.unit}`;
    return `${parameters.join('+')}: -${told(removed)}, ${told(left)}`;
  });
}

const block = (first: string, size: number) =>
  Array.from({ length: size }, (_, i) => `+${Number(first.slice(1)) + i}`);

async function addStocks(server: TestServer): Promise<void> {
  await addStock(server, { name: 'cheap', monthlyPriceMinor: 100 }, block('+12025550100', 30));
  await addStock(
    server,
    { name: 'dear', monthlyPriceMinor: 900, setupPriceMinor: 500, capabilities: ['VOICE'] },
    block('+13015550100', 20),
  );
  await addStock(server, { name: 'mobile', type: 'MOBILE' }, block('+12025558000', 5));
  await addStock(
    server,
    { name: 'theirs', visibleTo: new Set([OTHER_PROJECT.id]), monthlyPriceMinor: 1 },
    block('+12025559000', 50),
  );
  await addStock(
    server,
    { name: 'euro', currencyCode: 'EUR', documentationRequired: true, capabilities: ['SMS'] },
    block('+14155550100', 3),
  );
}

testOnEachEngine('a full result needs no explanation, and gets a short one', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  const full = await explain(server, { size: '5', capabilities: 'SMS', excludePattern: '0101' });
  assert.equal(full.outcome, 'FULL');
  assert.equal(full.pools, 3);
  assert.deepEqual(full.relaxations, []);
  assert.deepEqual(stepsOf(full), [
    'capabilities: -1 POOLS, 2 POOLS',
    'excludePattern: -2 NUMBERS, 31 NUMBERS',
  ]);
});

testOnEachEngine('it says which filter removed how many pools and numbers', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  const explanation = await explain(server, {
    capabilities: ['VOICE'],
    capabilityMatch: 'SUPERSET',
    currencyCode: 'USD',
    maxMonthlyPrice: '5',
    documentationRequired: 'false',
    areaCode: '202',
    'numberPattern.pattern': '01*5',
    'numberPattern.searchPattern': 'END',
    excludePattern: ['0105', '15'],
  });
  assert.equal(explanation.outcome, 'SHORT');
  assert.equal(explanation.pools, 3);
  assert.deepEqual(explanation.numbers, { unit: 'NUMBERS', count: 30, precision: 'EXACT' });
  assert.deepEqual(stepsOf(explanation), [
    'capabilities+capabilityMatch: -1 POOLS, 2 POOLS',
    'currencyCode: -0 POOLS, 2 POOLS',
    'maxMonthlyPrice: -1 POOLS, 1 POOLS',
    'documentationRequired: -0 POOLS, 1 POOLS',
    'areaCode: -0 NUMBERS, 30 NUMBERS',
    'numberPattern.pattern+numberPattern.searchPattern: -27 NUMBERS, 3 NUMBERS',
    'excludePattern: -2 NUMBERS, 1 NUMBERS',
  ]);
});

testOnEachEngine('an empty result comes with searches that do have numbers', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  const cases: [Parameters, string[], string[]?][] = [
    [{ excludePattern: '555' }, ['WITHOUT_EXCLUSIONS']],
    [
      { 'numberPattern.pattern': '55599', 'numberPattern.searchPattern': 'CONTAINS' },
      ['SHORTER_PATTERN'],
    ],
    [{ 'numberPattern.pattern': '+12025550199' }, ['SHORTER_PATTERN']],
    [
      { 'numberPattern.pattern': '99910', 'numberPattern.searchPattern': 'END' },
      ['SHORTER_PATTERN'],
    ],
    [
      { 'numberPattern.pattern': '5550', 'numberPattern.searchPattern': 'END' },
      ['ANYWHERE', 'SHORTER_PATTERN'],
    ],
    [{ 'numberPattern.pattern': ['99999', '88888'] }, ['WITHOUT_PATTERN']],
    [{ 'numberPattern.pattern': '8000' }, ['SHORTER_PATTERN', 'OTHER_TYPE']],
    [{ capabilities: ['SMS'], currencyCode: 'EUR', maxMonthlyPrice: '0.10' }, ['HIGHER_PRICE']],
    [
      { capabilities: ['SMS', 'VOICE'], currencyCode: 'EUR' },
      ['OTHER_CAPABILITIES', 'OTHER_CURRENCY'],
    ],
    [
      { capabilities: ['SMS'], capabilityMatch: 'EXACT', currencyCode: 'USD' },
      ['OTHER_CAPABILITIES', 'OTHER_CURRENCY'],
    ],
    [
      { documentationRequired: 'true', currencyCode: 'USD' },
      ['OTHER_CURRENCY', 'WITH_DOCUMENTATION'],
    ],
    [{ locality: 'Seattle' }, ['WITHOUT_PLACE']],
    [{ areaCode: '703' }, ['NEIGHBOURING_AREA', 'LARGER_DISTANCE']],
    [
      { near: '38.9,-77.04', distanceKm: '1', 'numberPattern.pattern': '+1301' },
      ['LARGER_DISTANCE'],
    ],
    [
      { sequential: '3', 'numberPattern.pattern': '0101', 'numberPattern.searchPattern': 'END' },
      ['SINGLE_NUMBERS'],
    ],
    [{ sequential: '100', size: '100' }, ['SINGLE_NUMBERS']],
    [
      { locality: 'Seattle', currencyCode: 'GBP', 'numberPattern.pattern': '99999' },
      ['WITHOUT_FILTERS'],
    ],
    [{ type: 'TOLL_FREE' }, ['OTHER_TYPE', 'OTHER_TYPE']],
    [{ regionCode: 'FR' }, []],
  ];
  for (const [parameters, kinds] of cases) {
    const explanation = await explain(server, parameters);
    const told = `${JSON.stringify(parameters)} ${JSON.stringify(explanation)}`;
    assert.equal(explanation.outcome, 'EMPTY', told);
    for (const kind of kinds) assert.ok(kindsOf(explanation).includes(kind), `${kind} ${told}`);
    if (kinds.length === 0) assert.deepEqual(explanation.relaxations, [], told);
    assert.ok(explanation.relaxations.length <= 8, told);
  }
});

testOnEachEngine('a neighbouring area is named, with its distance', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  const { relaxations } = await explain(server, {
    locality: 'Bethesda',
    administrativeArea: 'MD',
    'numberPattern.pattern': '+1202',
  });
  const neighbour = relaxations.find(({ kind }) => kind === 'NEIGHBOURING_AREA');
  assert.equal(neighbour?.place?.locality, 'Washington');
  assert.ok(neighbour.place.distanceKm > 1 && neighbour.place.distanceKm < 30);
  assert.deepEqual(neighbour.parameters, {
    locality: 'Washington',
    administrativeArea: 'District of Columbia',
  });
});

testOnEachEngine('a price to pay is the lowest that has numbers', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  const { relaxations } = await explain(server, {
    maxMonthlyPrice: '0.5',
    maxSetupPrice: '1',
    areaCode: '301',
  });
  const dearer = relaxations.find(({ kind }) => kind === 'HIGHER_PRICE');
  assert.deepEqual(dearer?.parameters, { maxSetupPrice: '5.00', maxMonthlyPrice: '9.00' });
});

testOnEachEngine('counts that are given up say so', async (start) => {
  await using server = await start({}, []);
  await addStock(server, { name: 'large' }, block('+12025550000', 3000));
  const explanation = await explain(server, {
    areaCode: '202',
    'numberPattern.pattern': '7777',
    'numberPattern.searchPattern': 'END',
  });
  assert.deepEqual(explanation.numbers, { unit: 'NUMBERS', count: 1000, precision: 'AT_LEAST' });
  assert.deepEqual(stepsOf(explanation), [
    'areaCode: ->=0 NUMBERS, >=1000 NUMBERS',
    'numberPattern.pattern+numberPattern.searchPattern: ->=1000 NUMBERS, 0 NUMBERS',
  ]);
});

testOnEachEngine('pools of others are neither counted nor suggested', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const parameters of [
    { 'numberPattern.pattern': '5559' },
    { maxMonthlyPrice: '0.01' },
    { areaCode: '202', 'numberPattern.pattern': '9001', 'numberPattern.searchPattern': 'END' },
  ]) {
    const path = toPath({ regionCode: 'US', type: 'LOCAL', explain: 'true', ...parameters });
    const mine = await server.call('GET', path, { project: PROJECT });
    assert.ok(!mine.text.includes('+12025559'), mine.text);
    assert.equal(mine.json.explanation.pools, 3);
    const theirs = await server.call('GET', path, { project: OTHER_PROJECT });
    assert.equal(theirs.json.explanation.pools, 4);
    assert.ok(theirs.text.includes('+12025559'), theirs.text);
  }
});

testOnEachEngine('an answer is explained only when that was asked', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const query of ['', '&explain=false', '&explain=']) {
    const answer = await server.call('GET', `/availableNumbers?regionCode=US&type=LOCAL${query}`);
    assert.deepEqual(Object.keys(answer.json), ['availableNumbers']);
  }
});
