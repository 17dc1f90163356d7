import type { FastifyInstance } from 'fastify';

import { StockCounter } from './app/count-stock.ts';
import { followSharedClock, keepFollowingSharedClock } from './app/follow-shared-clock.ts';
import { AccountCatalog } from './app/account-catalog.ts';
import { LimitCatalog } from './app/limit-catalog.ts';
import { PoolCatalog } from './app/pool-catalog.ts';
import { SearchPlaces } from './app/search-places.ts';
import { ensureFirstKey, seedDemoStock } from './app/seed-sandbox.ts';
import { toBanner, toWorkerBanner } from './banner.ts';
import { type Clock, MovableClock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import type { Context } from './context.ts';
import { registerOperator } from './http/admin/register-operator.ts';
import { buildHttpApp } from './http/app.ts';
import { Authenticator } from './http/auth.ts';
import { registerDocs } from './http/docs.ts';
import { registerPlatformReport } from './http/platform-report.ts';
import { registerSandboxClock } from './http/sandbox/clock.ts';
import { createIds, type Ids } from './ids.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { type CallbackClient, createCallbackClient } from './outgoing.ts';
import { createHttpPlatform } from './platforms/http.ts';
import type { Platform } from './platforms/platform.ts';
import { createSandboxPlatform } from './platforms/sandbox.ts';
import { Signal } from './signal.ts';
import { migrate } from './store/schema.ts';
import { findSetting, putSettingOnce } from './store/setting.ts';
import { openStore, type Store } from './store/store.ts';
import { Worker } from './work/worker.ts';

/** When the process stops, requests and jobs have this long to end by themselves; then they are cut off. */
const STOP_MS_MAX = 5000;
const CLOSE_IDLE_EVERY_MS = 50;

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  url: string;
  /** What the terminal shows: where to begin. */
  banner: string;
  context: Context;
  /** Does everything that is due now and what that makes due. */
  drain(): Promise<void>;
}

export interface RunningWorker extends AsyncDisposable {
  /** What the terminal shows: that it works, and on what. */
  banner: string;
}

/** What may be other than usual; but for the worker, only tests do that. */
export interface StartOptions {
  /** The base of the clock; in sandbox mode it is movable on top of that. */
  clock?: Clock;
  ids?: Ids;
  log?: Log;
  /** false: nothing is done by itself, only when `drain` asks for it. */
  startWorker?: boolean;
}

/**
 * Listens, and works unless told not to. Dispose of it to stop: it takes no new requests, finishes those it
 * has and the jobs under way, and closes the database. Those that wait for others for too long are cut off:
 * a job is then done again by the next process.
 * @throws ConfigError, or an Error with `code` EADDRINUSE when the port is taken.
 */
export async function startServer(
  config: Config,
  options: StartOptions = {},
): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  let listeningUrl = '';
  const parts = await openParts(config, options, stack, () => config.publicUrl ?? listeningUrl);
  const { context, worker, sandboxClock } = parts;
  if (config.sandbox) await seedDemoStock(context);

  const auth = new Authenticator(context);
  const drain = () => worker.drain();
  const app = await buildHttpApp(context, auth, [
    (routes) => registerOperator(routes, context),
    (routes) => registerPlatformReport(routes, context),
    (routes) => registerDocs(routes, context.ids),
    (routes) => {
      if (sandboxClock !== undefined) {
        registerSandboxClock(routes, context, auth, sandboxClock, drain);
      }
    },
  ]);
  stack.defer(() => app.close());
  // Whoever knows the key beforehand may come as soon as the port is open. One that is made up has to be shown, and so is
  // made only when nothing can go wrong any more.
  const isKnown = config.firstProject.keySecret !== undefined;
  const knownKey = config.sandbox && isKnown ? await ensureFirstKey(context) : undefined;
  await app.listen({ host: config.host, port: config.port });
  listeningUrl = toUrl(app, config);
  const firstKey = config.sandbox ? (knownKey ?? (await ensureFirstKey(context))) : undefined;
  if (options.startWorker !== false) {
    worker.start();
  } else if (sandboxClock !== undefined) {
    stack.use(keepFollowingSharedClock(context.store, sandboxClock));
  }

  const owned = stack.move();
  return {
    url: listeningUrl,
    banner: toBanner(config, listeningUrl, firstKey),
    context,
    drain,
    async [Symbol.asyncDispose]() {
      // A connection that was busy and is idle now would be kept for the client's next request.
      const closeIdle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
      try {
        await stop(owned, () => {
          app.server.closeAllConnections();
          parts.cutOff();
        });
      } finally {
        clearInterval(closeIdle);
      }
    },
  };
}

/**
 * Works and does not listen: beside servers on the same database, which take the requests. It fills no empty
 * database and makes no key. Dispose of it to stop, as a server's worker does.
 * @param config of `loadConfig` for a process that does not listen.
 * @throws ConfigError
 */
export async function startWorker(
  config: Config,
  options: StartOptions = {},
): Promise<RunningWorker> {
  await using stack = new AsyncDisposableStack();
  // A standby is for searches and lists, and nobody asks for them here.
  const postgres = { ...config.postgres, standby: undefined };
  const ownConfig = { ...config, postgres };
  const parts = await openParts(ownConfig, options, stack, () => config.publicUrl ?? '');
  parts.worker.start();
  const owned = stack.move();
  return {
    banner: toWorkerBanner(config),
    [Symbol.asyncDispose]: () => stop(owned, parts.cutOff),
  };
}

/** What every process is made of, whether it listens or not. */
interface Parts {
  context: Context;
  /** Not yet started. */
  worker: Worker;
  /** The clock of the context, where it can be moved. */
  sandboxClock: MovableClock | undefined;
  /** Begins no more jobs and ends those that wait for others: they are due again at once, for the next process. */
  cutOff: () => void;
}

/** Puts them together, the one place where that is done. What is to be closed again goes onto the stack. */
async function openParts(
  config: Config,
  options: StartOptions,
  stack: AsyncDisposableStack,
  completionBaseUrl: () => string,
): Promise<Parts> {
  const log = options.log ?? createLog(config.logLevel);
  const baseClock = options.clock ?? systemClock;
  const store = stack.use(await openStore(config.databaseUrl, config.postgres));
  await migrate(store, baseClock);
  const sandboxClock = config.sandbox ? new MovableClock(baseClock) : undefined;
  const followClock = async () => {
    if (sandboxClock !== undefined) await followSharedClock(store, sandboxClock);
  };
  await followClock();
  const clock = sandboxClock ?? baseClock;
  const ids = options.ids ?? createIds(clock);
  const tokenKey = await openInstallation(store, config, ids);

  const waysOut = stack.use(new AsyncDisposableStack());
  const pools = new PoolCatalog(store);
  const context: Context = {
    config,
    store,
    clock,
    ids,
    log,
    metrics: createMetrics(),
    ...openWaysOut(config, clock, waysOut, completionBaseUrl),
    pools,
    limits: new LimitCatalog(store),
    accounts: new AccountCatalog(store),
    places: new SearchPlaces(store, ids),
    stock: new StockCounter({ store, log, clock, pools }),
    tokenKey,
    jobsOrdered: new Signal(),
  };
  const worker = stack.use(new Worker(context, followClock));
  const cutOff = () => {
    worker.stop();
    void waysOut.disposeAsync();
  };
  return { context, worker, sandboxClock, cutOff };
}

/** Disposes of everything, and does not wait for ever for what hangs on others. */
async function stop(parts: AsyncDisposableStack, cutOff: () => void): Promise<void> {
  const timer = setTimeout(cutOff, STOP_MS_MAX);
  try {
    await parts.disposeAsync();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Makes or checks what belongs to the installation.
 * @returns the key that signs tokens, the same for all processes on this database.
 */
async function openInstallation(store: Store, config: Config, ids: Ids): Promise<Uint8Array> {
  const mode = config.sandbox ? 'sandbox' : 'production';
  return store.write(async (db) => {
    await putSettingOnce(db, 'mode', mode);
    await putSettingOnce(db, 'token-key', `${ids.secret()}${ids.secret()}`);
    const madeAs = await findSetting(db, 'mode');
    if (madeAs !== mode) {
      // A clock that was moved and numbers that are fiction do not go together with real ones.
      throw new ConfigError([
        `NUMBERYARD_SANDBOX is ${config.sandbox ? 'on' : 'off'}, but this database was made for ${madeAs} mode: use another one.`,
      ]);
    }
    return Buffer.from((await findSetting(db, 'token-key')) ?? '');
  });
}

function openWaysOut(
  config: Config,
  clock: Clock,
  stack: AsyncDisposableStack,
  completionBaseUrl: () => string,
): { platform: Platform; callbacks: CallbackClient } {
  const callbacks = stack.use(
    createCallbackClient({
      allowLoopback: config.sandbox,
      timeoutMs: config.callback.timeoutMs,
    }),
  );
  if (config.platform.kind === 'sandbox') {
    const { delayMs } = config.platform;
    return { callbacks, platform: createSandboxPlatform({ now: () => clock.now(), delayMs }) };
  }
  const { url, secret, timeoutMs, pollAfterMs } = config.platform;
  const platform = createHttpPlatform({
    url,
    secret,
    timeoutMs,
    pollAfterMs,
    completionBaseUrl,
    // Not the movable clock: the platform compares with its own.
    now: () => systemClock.now(),
  });
  return { callbacks, platform: stack.use(platform) };
}

function toUrl(app: FastifyInstance, config: Config): string {
  const address = app.server.address();
  const port = typeof address === 'object' ? (address?.port ?? config.port) : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `http://${host}:${port}`;
}
