import closeWithGrace from 'close-with-grace';

import { ConfigError } from '../config.ts';
import { CommandError } from './failure.ts';
import { limitYoungGeneration } from './limit-young-generation.ts';

/** After SIGTERM or SIGINT, requests and jobs have this long to finish. Orchestrators kill after 30 s or so. */
const STOP_MS_MAX = 10_000;

/**
 * Starts what runs until a signal stops it, and says so when it has started.
 * @throws CommandError when it cannot start for a reason that the operator can mend.
 */
export async function runUntilStopped(
  start: () => Promise<AsyncDisposable & { banner: string }>,
): Promise<void> {
  let running: AsyncDisposable | undefined;
  const grace = closeWithGrace(
    {
      delay: STOP_MS_MAX,
      onTimeout: () => console.error(`Not everything ended within ${STOP_MS_MAX / 1000} seconds.`),
    },
    async ({ err }) => {
      if (err !== undefined) console.error(err);
      await running?.[Symbol.asyncDispose]();
    },
  );
  try {
    const started = await start();
    running = started;
    console.log(started.banner);
    limitYoungGeneration();
  } catch (error) {
    grace.uninstall();
    throw error instanceof ConfigError ? new CommandError(error.message) : error;
  }
}
