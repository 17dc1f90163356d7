import { chmod, mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY_FOLDER = '/dev/shm';
/** Several times what all the tests have at once. In a container the folder may be as small as 64 MB. */
const FREE_BYTES_MIN = 2 * 1024 ** 3;

export interface RunFolder extends AsyncDisposable {
  path: string;
}

/**
 * A folder for all the files of a run of the tests: it is gone when it is disposed of, with what tests that were
 * killed have left in it. It is in memory where that can be had, because nothing in a test has to survive a power
 * failure: on a disk every commit of SQLite waits 2 ms, and to make and drop a PostgreSQL database takes 140 ms
 * instead of 45.
 */
export async function makeRunFolder(): Promise<RunFolder> {
  const parent = (await isFit(MEMORY_FOLDER)) ? MEMORY_FOLDER : tmpdir();
  const folder = await mkdtemp(path.join(parent, 'numberyard-tests-'));
  // The database servers may run as another user, in folders of theirs within.
  await chmod(folder, 0o711);
  return {
    path: folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether it can hold the files of a run, and the programs of the database among them run from there. */
async function isFit(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const mounts = await readFile('/proc/mounts', 'utf8');
    const mount = mounts.split('\n').find((line) => line.split(' ')[1] === folder) ?? '';
    return bavail * bsize >= FREE_BYTES_MIN && !mount.includes('noexec');
  } catch {
    return false;
  }
}
