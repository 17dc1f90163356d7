import { test } from 'node:test';

import type { Environment } from '../../src/config.ts';
import { startTestServer, type TestPool, type TestServer } from './test-server.ts';

/** The database engines that every store and HTTP test runs on. */
export const ENGINES = ['sqlite', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

/** `startTestServer` on the engine of the test. */
export type StartServer = (
  environment?: Environment,
  stock?: readonly TestPool[],
) => Promise<TestServer>;

/** One test for each engine, with its name in the test's name. */
export function testOnEachEngine(
  name: string,
  fn: (start: StartServer, engine: Engine) => Promise<void>,
): void {
  for (const engine of ENGINES) {
    test(`${name} (${engine})`, () =>
      fn((environment, stock) => startTestServer(environment, stock, engine), engine));
  }
}
