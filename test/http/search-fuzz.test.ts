import assert from 'node:assert/strict';

import fc from 'fast-check';

import { testOnEachEngine } from '../support/engines.ts';
import type { Answer, TestServer } from '../support/test-server.ts';

/** A fixed seed: a test that fails fails again. */
const RUNS = { seed: 20_260_415 };

const NAMES = [
  'numberPattern.pattern',
  'numberPattern.searchPattern',
  'excludePattern',
  'capabilities',
  'capabilityMatch',
  'currencyCode',
  'maxSetupPrice',
  'maxMonthlyPrice',
  'documentationRequired',
  'locality',
  'administrativeArea',
  'areaCode',
  'near',
  'distanceKm',
  'showPlace',
  'orderBy',
  'pageToken',
  'size',
  'sequential',
  'explain',
];

/** Texts that nearly are what belongs there, and texts that are nothing of the kind. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc
    .array(fc.constantFrom(...'0123456789*+-. ()%_\\?,#$\'"/aZ'), { maxLength: 20 })
    .map((characters) => characters.join('')),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'null',
    'NaN',
    'true',
    '1e999',
    '-0',
    '40.71,-74.01',
    "'; DROP TABLE number; --",
    '%00',
    '\u0000',
    '[]',
    '{}',
    'New York',
    'ZZ',
  ),
);

/** 200, or a 400 that names one of these. */
function assertDecent(answer: Answer, names: readonly string[], told: string): void {
  if (answer.status === 200) return;
  assert.equal(answer.status, 400, `${told} ${answer.text}`);
  const [{ fieldViolations }] = answer.json.error.details;
  assert.ok(fieldViolations.length > 0, told);
  for (const { field, description } of fieldViolations) {
    // The one name that the contract writes in snake_case.
    assert.ok([...names, 'order_by'].includes(field), `${told} ${answer.text}`);
    assert.notEqual(description, '');
  }
}

testOnEachEngine(
  'any text in any parameter of a search is understood or refused by name',
  async (start, engine) => {
    await using server = await start();
    const parameter = fc.tuple(fc.constantFrom(...NAMES), text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(parameter, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('US', 'GB', 'DE', 'ZZ'),
        async (parameters, regionCode) => {
          const query = parameters.map(([name, value]) => `&${name}=${encode(value)}`).join('');
          const path = `/availableNumbers?regionCode=${regionCode}&type=LOCAL${query}`;
          // All names: one that is missing may be named too, as distanceKm without near.
          assertDecent(await server.call('GET', path), NAMES, path);
        },
      ),
      { ...RUNS, numRuns: engine === 'sqlite' ? 500 : 200 },
    );
  },
);

testOnEachEngine(
  'any value in any field of a rent of any number is understood or refused by name',
  async (start, engine) => {
    await using server = await start();
    const value = fc.oneof(
      { weight: 3, arbitrary: text },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
      { weight: 1, arbitrary: fc.array(text, { maxLength: 12 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...NAMES), value, async (name, sent) => {
        const answer = await rentAny(server, name, sent);
        if (answer.status === 404) return;
        assertDecent(answer, [name], `${name} ${JSON.stringify(sent)}`);
      }),
      { ...RUNS, numRuns: engine === 'sqlite' ? 500 : 200 },
    );
  },
);

function rentAny(server: TestServer, name: string, value: unknown): Promise<Answer> {
  const [object = '', inner] = name.split('.');
  const field = inner === undefined ? { [name]: value } : { [object]: { [inner]: value } };
  return server.call('POST', '/availableNumbers:rentAny', {
    // A region without numbers: only what is read matters here.
    body: { regionCode: 'FR', type: 'LOCAL', ...field },
  });
}

/** As a URL holds it; half of a surrogate pair has no place there. */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}
