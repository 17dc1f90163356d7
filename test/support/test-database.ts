import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import type { Dialect } from '../../src/store/dialect.ts';

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/** A database of its own for one test, with nothing in it. It is gone when it is disposed of. */
export async function createTestDatabase(engine: Dialect['engine']): Promise<TestDatabase> {
  switch (engine) {
    case 'sqlite':
      return createSqliteDatabase();
    case 'postgres':
      return createPostgresDatabase();
  }
}

async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'numberyard-'));
  return {
    url: `sqlite:${folder}/test.sqlite`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function createPostgresDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(superuserUrl());
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client(superuserUrl());
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function superuserUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    throw new Error(
      'There is no PostgreSQL for this test: run it with "npm run test:only -- FILE", which starts one.',
    );
  }
  return url;
}
