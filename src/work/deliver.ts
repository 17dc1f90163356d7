import type { Context } from '../context.ts';
import { CALLBACK_SIGNATURE_HEADER, signCallback } from '../domain/callback.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import type { CallbackOutcome } from '../outgoing.ts';
import {
  type Delivery,
  type DeliveryStatus,
  findDelivery,
  recordAttempt,
} from '../store/delivery.ts';
import { deleteJob, type Job, postponeJob } from '../store/job.ts';
import { findProject } from '../store/project.ts';

/** Makes one attempt at a delivery and records it; orders the next one when it failed. */
export async function deliver(context: Context, job: Job): Promise<void> {
  const [delivery, secret] = await context.store.read(async (db) => {
    const found = await findDelivery(db, job.subjectId);
    return [found, found && (await findProject(db, found.projectId))?.callbackSecret] as const;
  });
  if (delivery?.status !== 'PENDING' || secret === undefined) {
    await context.store.write((db) => deleteJob(db, job));
    return;
  }
  const startedAt = context.clock.now();
  const outcome = await context.callbacks.post(
    delivery.url,
    {
      'content-type': 'application/json',
      [CALLBACK_SIGNATURE_HEADER]: signCallback(secret, delivery.body),
    },
    delivery.body,
  );
  if (outcome.outcome === 'ABORTED') {
    await context.store.write((db) => postponeJob(db, job, context.clock.now()));
    return;
  }
  const { status, retryDelayMs } = judge(context, delivery, outcome);
  const isRecorded = await context.store.write(async (db) => {
    const now = context.clock.now();
    const isStillOurs =
      retryDelayMs === undefined
        ? await deleteJob(db, job)
        : await postponeJob(db, job, addMilliseconds(now, retryDelayMs));
    // The lease ran out and somebody else has made this attempt: theirs is the one on record.
    if (!isStillOurs) return false;
    const attempt = {
      deliveryId: delivery.id,
      number: delivery.attempts + 1,
      statusCode: outcome.outcome === 'ANSWERED' ? outcome.statusCode : null,
      error: outcome.outcome === 'FAILED' ? outcome.reason : null,
      latencyMs: Math.round(outcome.latencyMs),
      startedAt,
    };
    await recordAttempt(db, attempt, status, now);
    return true;
  });
  if (isRecorded) context.metrics.deliveryAttempts.inc({ status });
}

/** The contract asks receivers for 200; any 2xx is taken. */
function judge(
  context: Context,
  delivery: Delivery,
  outcome: Exclude<CallbackOutcome, { outcome: 'ABORTED' }>,
): { status: DeliveryStatus; retryDelayMs: number | undefined } {
  if (outcome.outcome === 'ANSWERED' && outcome.statusCode >= 200 && outcome.statusCode < 300) {
    return { status: 'DELIVERED', retryDelayMs: undefined };
  }
  const retryDelayMs = context.config.callback.retryDelaysMs[delivery.attempts];
  return { status: retryDelayMs === undefined ? 'FAILED' : 'PENDING', retryDelayMs };
}
