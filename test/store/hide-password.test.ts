import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hidePassword } from '../../src/store/store.ts';

test('a database URL is shown without its password', () => {
  for (const [url, shown] of [
    [
      'postgres://me:secret@db.example.com:5432/numbers',
      'postgres://me:***@db.example.com:5432/numbers',
    ],
    ['postgresql://me:se:cr/e@t@db/numbers', 'postgresql://me:***@db/numbers'],
    ['postgres://:secret@db/numbers', 'postgres://:***@db/numbers'],
    ['postgres://me:secret@/numbers?host=/run', 'postgres://me:***@/numbers?host=/run'],
    [
      'postgres://db/numbers?user=me&password=secret&sslmode=require',
      'postgres://db/numbers?user=me&password=***&sslmode=require',
    ],
    ['postgres://me@db:5432/numbers', 'postgres://me@db:5432/numbers'],
    ['sqlite:./data/a@b:c.sqlite', 'sqlite:./data/a@b:c.sqlite'],
  ] as const) {
    assert.equal(hidePassword(url), shown);
  }
});
