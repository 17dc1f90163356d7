import { createLog } from '../../src/log.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import type { TestServer } from './test-server.ts';

/**
 * Another server on the database of the first, with the same configuration and the first one's clock:
 * beside it, or in its place when the first has been disposed of.
 */
export function startServerBeside({ server }: TestServer): Promise<RunningServer> {
  const { config, clock } = server.context;
  return startServer(config, { clock, log: createLog('silent'), startWorker: false });
}
