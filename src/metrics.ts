import { Counter, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What this process counts while it works. What the database knows is read when somebody asks. */
export interface Metrics {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  deliveryAttempts: Counter<'status'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    registry,
    requests: new Histogram({
      name: 'numberyard_request_duration_seconds',
      help: 'HTTP requests by route and status, with their duration.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: LATENCY_BUCKETS_SECONDS,
      registers: [registry],
    }),
    deliveryAttempts: new Counter({
      name: 'numberyard_delivery_attempts_total',
      help: 'Attempts at callbacks by this process, by what the delivery came to.',
      labelNames: ['status'] as const,
      registers: [registry],
    }),
  };
}
