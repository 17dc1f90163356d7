import type { TestServer } from './test-server.ts';

/** The writes of a server, which wait until they are let go. */
export interface HeldWrites {
  /** When one waits. */
  arrived: Promise<void>;
  /** Lets those that wait go on, and holds no more. */
  release(): void;
}

/**
 * From now on, lets the first `free` writes of a server through and holds those behind them before they begin, as
 * a machine does that has stopped for a while. What the server does otherwise goes on.
 */
export function holdWrites({ server: { context } }: TestServer, free: number): HeldWrites {
  const { store } = context;
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let seen = 0;
  context.store = {
    ...store,
    async write(fn, options) {
      if (++seen > free) {
        arrived.resolve();
        await released.promise;
      }
      return store.write(fn, options);
    },
  };
  return {
    arrived: arrived.promise,
    release() {
      context.store = store;
      released.resolve();
    },
  };
}
