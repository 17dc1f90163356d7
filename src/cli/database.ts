import { followSharedClock } from '../app/follow-shared-clock.ts';
import { MovableClock, systemClock } from '../clock.ts';
import { loadDatabaseConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { createIds } from '../ids.ts';
import { migrate } from '../store/schema.ts';
import { openStore } from '../store/store.ts';
import { type ConfigFlags, readConfig } from './flags.ts';

/** What a command that serves nothing works with. */
export type CommandContext = Pick<Context, 'store' | 'clock' | 'ids'> & { databaseUrl: string };

/** Opens the database that options and environment name, for one command; a server may be using it too. */
export async function withDatabase<T>(
  flags: ConfigFlags,
  run: (context: CommandContext) => Promise<T>,
): Promise<T> {
  const { databaseUrl, postgres } = readConfig(flags, loadDatabaseConfig);
  await using store = await openStore(databaseUrl, postgres);
  await migrate(store, systemClock);
  // In a sandbox, what a command writes belongs to the sandbox's time.
  const clock = new MovableClock();
  await followSharedClock(store, clock);
  return await run({ store, clock, ids: createIds(clock), databaseUrl });
}
