import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DatabaseFile extends AsyncDisposable {
  path: string;
  url: string;
}

/** A place for a SQLite database, with nothing there yet. It goes with all that is beside it. */
export async function openDatabaseFile(): Promise<DatabaseFile> {
  const folder = await mkdtemp(join(tmpdir(), 'numberyard-'));
  const path = join(folder, 'test.sqlite');
  return {
    path,
    url: `sqlite:${path}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
