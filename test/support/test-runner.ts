import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SCRIPT = path.join(import.meta.dirname, '../../scripts/test.ts');
/** A run that hangs must not take the whole test run with it. */
const RUN_MS_MAX = 60_000;

/** Runs these files as `npm run test:only` does, with a database server that is not there. */
export async function runTests(
  files: Record<string, string>,
  ...options: string[]
): Promise<{ code: number; stdout: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'numberyard-tests-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(folder, name), text);
    }
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      TEST_DATABASE_URL: 'postgres://127.0.0.1:1/none',
    };
    // Node would take them for a part of the run that this is itself in, and run nothing.
    delete env['NODE_TEST_CONTEXT'];
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [SCRIPT, folder, ...options],
        { env, timeout: RUN_MS_MAX },
        (error, stdout) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout }),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
