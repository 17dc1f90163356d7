import type { Writer } from './store.ts';

/**
 * Runs a part of a write. When it throws, what the part has written is undone, and the write may go on without it.
 * NOTE: only go on after an error that is understood: when the database is busy or away, the whole write has to end.
 */
export async function attempt<T>(db: Writer, part: () => Promise<T>): Promise<T> {
  await db.run('SAVEPOINT attempt');
  try {
    const value = await part();
    await db.run('RELEASE SAVEPOINT attempt');
    return value;
  } catch (error) {
    await undo(db).catch(() => {
      // The connection is gone, and the transaction with it: what the part threw says more.
    });
    throw error;
  }
}

async function undo(db: Writer): Promise<void> {
  await db.run('ROLLBACK TO SAVEPOINT attempt');
  await db.run('RELEASE SAVEPOINT attempt');
}
