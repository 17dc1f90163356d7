import assert from 'node:assert/strict';

import type { ComparedTable } from '../../src/app/compare-tables.ts';
import { copyDatabase, type CopyOptions } from '../../src/app/copy-database.ts';
import { systemClock } from '../../src/clock.ts';
import { openStore, type Store } from '../../src/store/store.ts';

export interface CopyHooks extends Partial<CopyOptions> {
  /** Called before each write to the target. */
  beforeWrite?: () => Promise<void> | void;
  /** Called in each write to the target, when all of it is written and nothing is committed. */
  inWrite?: () => Promise<void> | void;
}

/** Copies a database as `numberyard copy` does. @returns `undefined` when it was interrupted. */
export async function copy(
  from: string,
  to: string,
  { beforeWrite = () => {}, inWrite = () => {}, ...options }: CopyHooks = {},
): Promise<ComparedTable[] | undefined> {
  await using source = await openStore(from);
  await using target = await openStore(to);
  return await copyDatabase(
    { clock: systemClock },
    { source, target: withHooks(target, beforeWrite, inWrite), sourceName: 'the source' },
    { onProgress: () => {}, isInterrupted: () => false, ...options },
  );
}

/** As far as a copy that is interrupted when all is there. */
export async function copyWithoutComparing(from: string, to: string): Promise<void> {
  let step = 'COPY';
  const compared = await copy(from, to, {
    onProgress: (current) => (step = current),
    isInterrupted: () => step === 'COMPARE',
  });
  assert.equal(compared, undefined);
}

function withHooks(
  store: Store,
  beforeWrite: () => Promise<void> | void,
  inWrite: () => Promise<void> | void,
): Store {
  return {
    ...store,
    async write(fn, options) {
      await beforeWrite();
      return store.write(async (db) => {
        const value = await fn(db);
        await inWrite();
        return value;
      }, options);
    },
  };
}
