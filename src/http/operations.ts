import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Gauge, type Registry } from 'prom-client';

import type { Context } from '../context.ts';
import { createRequestLog } from '../log.ts';
import { countPendingDeliveries } from '../store/delivery.ts';
import { countJobs } from '../store/job.ts';
import { assertOperator } from './operator.ts';
import { sendJson } from './send-json.ts';

/** Health, metrics and one log line a request. Registered before all other routes, so that it sees them. */
export function registerOperations(app: FastifyInstance, context: Context): void {
  const { registry } = context.metrics;
  registerGauges(context, registry);
  registerStock(context, registry);
  registerStandby(context, registry);
  const observe = observer(context);
  app.addHook('onResponse', (request, reply, done) => {
    observe(request, reply);
    done();
  });

  app.get('/healthz', { schema: { hide: true } as object }, (_request, reply) =>
    sendJson(reply, { status: 'ok' }),
  );

  app.get('/readyz', { schema: { hide: true } as object }, async (_request, reply) => {
    try {
      await context.store.read((db) => db.get('SELECT 1 AS one'));
      return await sendJson(reply, { status: 'ready' });
    } catch (error) {
      context.log.error({ err: error }, 'the database does not answer');
      return sendJson(reply.code(503), { status: 'unavailable', reason: 'database' });
    }
  });

  // They tell how much stock and business there is: without a token, only a sandbox shows them.
  const { sandbox, operatorToken } = context.config;
  if (!sandbox && operatorToken === undefined) return;
  app.get('/metrics', { schema: { hide: true } as object }, async (request, reply) => {
    if (operatorToken !== undefined) assertOperator(context, request, reply);
    await reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
}

function registerGauges(context: Context, registry: Registry): void {
  void new Gauge({
    name: 'numberyard_jobs',
    help: 'Jobs by kind and state: due, claimed by a worker, or scheduled for later.',
    labelNames: ['kind', 'state'] as const,
    registers: [registry],
    async collect() {
      const now = context.clock.now();
      this.reset();
      for (const row of await context.store.read((db) => countJobs(db, now))) {
        this.set({ kind: row.kind, state: row.state }, row.count);
      }
    },
  });
  void new Gauge({
    name: 'numberyard_deliveries_pending',
    help: 'Callbacks that wait for their first or next attempt.',
    registers: [registry],
    async collect() {
      this.set(await context.store.read(countPendingDeliveries));
    },
  });
}

/** The stock is counted in the background: a scrape shows the last count and asks for a new one. */
function registerStock(context: Context, registry: Registry): void {
  void new Gauge({
    name: 'numberyard_stock_numbers',
    help: 'Numbers by pool and state, as of the last count.',
    labelNames: ['pool', 'state'] as const,
    registers: [registry],
    async collect() {
      const pools = await context.pools.current();
      this.reset();
      for (const { poolId, state, count } of await context.stock.states()) {
        this.set({ pool: pools.byId(poolId)?.name ?? String(poolId), state }, count);
      }
    },
  });
  void new Gauge({
    name: 'numberyard_stock_age_seconds',
    help: 'How old the last count of the stock is.',
    registers: [registry],
    collect() {
      this.set(context.stock.ageSeconds());
    },
  });
}

/** The standby comes and goes by itself: it is shown, and each time is one line in the log. */
function registerStandby({ store: { standby }, log }: Context, registry: Registry): void {
  if (standby === undefined) return;
  void new Gauge({
    name: 'numberyard_standby_in_use',
    help: '1 while searches and lists go to the standby, 0 while it is left out.',
    registers: [registry],
    collect() {
      this.set(standby.isInUse ? 1 : 0);
    },
  });
  const tell = () => {
    if (standby.isInUse) log.info('the standby is in use');
    else log.warn({ reason: standby.reason }, 'the standby is left out');
  };
  tell();
  standby.onChange(tell);
}

/** Counts a request that was answered, and logs it. */
function observer({
  log,
  metrics,
}: Context): (request: FastifyRequest, reply: FastifyReply) => void {
  const logRequest = createRequestLog(log);
  return (request, reply) => {
    const { method, url } = request;
    const { elapsedTime, statusCode: status } = reply;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.observe({ method, route, status }, elapsedTime / 1000);
    logRequest({
      requestId: request.id,
      method,
      path: withoutQuery(url),
      status,
      ms: Math.round(elapsedTime * 100) / 100,
    });
  };
}

/** The query may hold what a person typed. */
function withoutQuery(url: string): string {
  const question = url.indexOf('?');
  return question < 0 ? url : url.slice(0, question);
}
