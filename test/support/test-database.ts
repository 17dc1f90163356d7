import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

/** The database engines that every test with a database runs on. */
export const ENGINES = ['sqlite', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

/** What is in a database: nothing, the schema, or the schema with `STOCK` and its projects. */
export type Content = 'empty' | 'schema' | 'stock';

export interface TestDatabase extends AsyncDisposable {
  url: string;
  /** What it was made with, which may be less than what was asked for: the rest is for the caller to add. */
  content: Content;
}

/** The prefix of the databases that have each content already, set by `scripts/test.ts`. */
export const TEMPLATES_VARIABLE = 'TEST_DATABASE_TEMPLATES';

/** The engines of the databases that the running test has made. */
const made = new AsyncLocalStorage<Set<Engine>>();

/** Runs a test that is about this engine. @throws when it has passed and made no database of this engine. */
export async function runOnEngine(engine: Engine, run: () => Promise<void>): Promise<void> {
  const engines = new Set<Engine>();
  await made.run(engines, run);
  assert.ok(engines.has(engine), `A test on ${engine} made no ${engine} database.`);
}

/**
 * A database of its own for one test. It is gone when it is disposed of. PostgreSQL copies a database that
 * has the content already, where there is one: that is faster than to make tables and rows.
 * @throws outside of a test that says on which engine it runs.
 */
export async function createTestDatabase(
  engine: Engine,
  content: Content = 'empty',
): Promise<TestDatabase> {
  noteDatabase(engine);
  switch (engine) {
    case 'sqlite':
      return createSqliteDatabase();
    case 'postgres':
      return createPostgresDatabase(content);
  }
}

/** Tells that the running test has made a database of this engine; for those that start a server of their own. */
export function noteDatabase(engine: Engine): void {
  const engines = made.getStore();
  assert.ok(engines, 'A test with a database is one of testOnEachEngine or testOnEngine.');
  engines.add(engine);
}

/** The path of the file that a SQLite database is. */
export function pathOf({ url }: TestDatabase): string {
  assert.match(url, /^sqlite:/);
  return url.slice('sqlite:'.length);
}

async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'numberyard-'));
  return {
    url: `sqlite:${folder}/test.sqlite`,
    content: 'empty',
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function createPostgresDatabase(wanted: Content): Promise<TestDatabase> {
  const templates = process.env[TEMPLATES_VARIABLE];
  const content = templates === undefined ? 'empty' : wanted;
  const template = content === 'empty' ? 'template0' : `${templates}_${content}`;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await copyDatabase(name, template);
  return {
    url: urlOfDatabase(name),
    content,
    [Symbol.asyncDispose]: () => dropDatabase(name),
  };
}

export async function copyDatabase(name: string, template: string): Promise<void> {
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
}

export async function dropDatabase(name: string): Promise<void> {
  await asSuperuser((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

export function urlOfDatabase(name: string): string {
  const url = new URL(superuserUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** On a connection of its own, with the right to make databases. */
export async function asSuperuser(run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(superuserUrl());
  await client.connect();
  try {
    await run(client);
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
