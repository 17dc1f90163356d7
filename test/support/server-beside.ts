import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import type { TestServer } from './test-server.ts';

/**
 * Another server on the database of the first, with the same configuration and the first one's clock unless
 * it gets its own: beside the first, or in its place when that has been disposed of.
 */
export function startServerBeside(
  { server }: TestServer,
  clock: Clock = server.context.clock,
): Promise<RunningServer> {
  const { config } = server.context;
  return startServer(config, { clock, log: createLog('silent'), startWorker: false });
}
