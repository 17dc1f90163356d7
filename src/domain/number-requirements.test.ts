import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DEFAULT_REQUIREMENTS } from './default-requirements.ts';
import { DEMO_POOLS } from './demo-stock.ts';
import { JsonError } from './json-place.ts';
import { findRegistrationProblems } from './number-requirements.ts';
import { parseRequirements } from './parse-requirements.ts';

test('everything that requires documents in the demo stock has requirements, and can read its own', () => {
  for (const { regionCode, type } of DEMO_POOLS.filter((pool) => pool.documentationRequired)) {
    const found = DEFAULT_REQUIREMENTS.some(
      (each) => each.regionCode === regionCode && each.numberType === type,
    );
    assert.ok(found, `${regionCode} ${type}`);
  }
  const text = JSON.stringify({ requirements: DEFAULT_REQUIREMENTS }, (_key, value: unknown) =>
    value === null ? undefined : value,
  );
  assert.deepEqual(parseRequirements(text), DEFAULT_REQUIREMENTS);
});

test('what a file leaves out has a default', () => {
  const [requirements] = parseRequirements(
    toFile({ rules: [{ template: { name: {} } }], attachments: [{ id: 'proof' }] }),
  );
  assert.deepEqual(requirements?.rules[0]?.template['name'], {
    title: 'name',
    description: '',
    mandatory: true,
    maxLength: 200,
    pattern: null,
    values: [],
  });
  assert.deepEqual(requirements?.attachments[0], {
    id: 'proof',
    title: 'proof',
    description: '',
    mandatory: true,
    template: [],
    allowedMimeTypes: [],
    allowedDocumentTypes: [],
  });
});

test('what is wrong with a file is said with its place', () => {
  const field = (more: object) => ({ rules: [{ template: { name: more } }] });
  const inField = 'requirements[0].rules[0].template.name';
  const twice = { requirements: [{ regionCode: 'DE', numberType: 'LOCAL' }] };
  for (const [text, message] of [
    ['{', /^is not JSON: /],
    ['[]', /^must be an object$/],
    ['{"requirement":[]}', /^has an unknown field "requirement"$/],
    ['{"requirements":{}}', /^requirements must be a list$/],
    [toFile({ regionCode: 'XX' }), /^requirements\[0\]\.regionCode is not the code of a region$/],
    [toFile({ numberType: 'FAX' }), /^requirements\[0\]\.numberType must be one of MOBILE, /],
    [toFile({ atachments: [] }), /^requirements\[0\] has an unknown field "atachments"$/],
    [toFile(field({ mandatory: 'yes' })), `${inField}.mandatory must be true or false`],
    [toFile(field({ pattern: '(' })), `${inField}.pattern must be a regular expression`],
    [toFile(field({ maxLength: 0 })), `${inField}.maxLength must be a whole number from 1 to 2000`],
    [toFile({ rules: [{ template: { 'a b': {} } }] }), /template\.a b must have a name of letters/],
    [toFile({ attachments: [{ id: 'a/b' }] }), /attachments\[0\]\.id must be letters/],
    [toFile({ attachments: [{ id: 'a' }, { id: 'a' }] }), /the id a stands in it twice$/],
    [
      JSON.stringify({ requirements: [...twice.requirements, ...twice.requirements] }),
      'requirements[1]: DE LOCAL stands in it twice',
    ],
  ] as const) {
    assert.throws(
      () => parseRequirements(text),
      (error: unknown) => {
        assert.ok(error instanceof JsonError, text);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      },
    );
  }
});

test('what is mandatory is filled in, and not with blanks', () => {
  const [requirements] = parseRequirements(toFile({ rules: [{ template: { name: {} } }] }));
  for (const name of ['', ' ', '\t\n\u00a0', null]) {
    const [problem] = findRegistrationProblems(requirements, [{ name }]);
    assert.equal(problem?.description, 'is required.');
  }
  assert.deepEqual(findRegistrationProblems(requirements, [{ name: ' x ' }]), []);
});

test('a pattern is for the whole value, and what is not mandatory may be empty', () => {
  const [requirements] = parseRequirements(
    toFile({ rules: [{ template: { code: { pattern: '\\d|x', mandatory: false } } }] }),
  );
  const problems = (code: unknown) => findRegistrationProblems(requirements, [{ code }]).length;
  for (const fine of ['1', 'x', '', null]) assert.equal(problems(fine), 0, String(fine));
  for (const wrong of ['11', '1x', 'y', 1, [], {}]) assert.equal(problems(wrong), 1);
  assert.deepEqual(findRegistrationProblems(requirements, [{}]), []);
  assert.deepEqual(findRegistrationProblems(undefined, []), []);
  assert.equal(findRegistrationProblems(undefined, [{}]).length, 1);
  const [strange] = findRegistrationProblems(requirements, [JSON.parse('{"__proto__":"x"}')]);
  assert.equal(strange?.field, 'requestDetails.data[0].__proto__');
});

function toFile(entry: object): string {
  return JSON.stringify({ requirements: [{ regionCode: 'DE', numberType: 'LOCAL', ...entry }] });
}
