import { test } from 'node:test';

import type { Environment } from '../../src/config.ts';
import { type Engine, ENGINES, runOnEngine } from './test-database.ts';
import { startTestServer, type TestPool, type TestServer } from './test-server.ts';

/** `startTestServer` on the engine of the test. */
export type StartServer = (
  environment?: Environment,
  stock?: readonly TestPool[],
) => Promise<TestServer>;

type EngineTest = (start: StartServer, engine: Engine) => Promise<void>;

interface EngineTestOptions {
  /** Why it cannot run here. `scripts/test.ts` knows the tests that may be skipped. */
  skip?: string | false;
}

/** One test for each engine, with its name in the test's name. */
export function testOnEachEngine(
  name: string,
  fn: EngineTest,
  { skip = false }: EngineTestOptions = {},
): void {
  for (const engine of ENGINES) declare(`${name} (${engine})`, engine, fn, skip);
}

interface OneEngineOptions {
  /** What makes it about this engine: a sentence for those who wonder where its other half is. */
  because: string;
}

/** A test that means nothing on other engines. */
export function testOnEngine(
  engine: Engine,
  name: string,
  _why: OneEngineOptions,
  fn: EngineTest,
): void {
  declare(`${name} (${engine} only)`, engine, fn, false);
}

function declare(name: string, engine: Engine, fn: EngineTest, skip: string | false): void {
  const start: StartServer = (environment, stock) => startTestServer(engine, environment, stock);
  test(name, { skip }, () => runOnEngine(engine, () => fn(start, engine)));
}
