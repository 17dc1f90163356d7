import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NUMBER_TYPES } from './pool.ts';
import { defaultQuarantineDays } from './quarantine.ts';

test('numbers of the United States wait at least 45 days, toll-free ones at most four months', () => {
  for (const type of NUMBER_TYPES) assert.ok(defaultQuarantineDays('US', type) >= 45);
  assert.ok(defaultQuarantineDays('US', 'LOCAL') <= 90);
  assert.ok(defaultQuarantineDays('US', 'TOLL_FREE') <= 120);
});

test('numbers of Australia wait six months', () => {
  for (const type of NUMBER_TYPES) assert.equal(defaultQuarantineDays('AU', type), 184);
});

test('where no rule is known numbers wait 45 days', () => {
  for (const type of NUMBER_TYPES) assert.equal(defaultQuarantineDays('SE', type), 45);
});
