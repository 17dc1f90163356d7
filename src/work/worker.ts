import { setTimeout } from 'node:timers/promises';

import { endQuarantines } from '../app/end-quarantines.ts';
import { endRentals } from '../app/end-rentals.ts';
import { renewRentals } from '../app/renew-rentals.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import { claimJobs, hasDueJob, type Job, type JobKind, postponeJob } from '../store/job.ts';
import { deliver } from './deliver.ts';
import { provision } from './provision.ts';

/** Jobs done at the same time. Each mostly waits for somebody else's server. */
const JOBS_AT_ONCE_MAX = 32;
/** A claim lasts this much longer than a job can take, so that only a dead process loses one. */
const LEASE_MARGIN_MS = 60_000;
/** How often the worker looks for what is due by time, and for jobs that another process ordered. */
const LOOK_EVERY_MS = 250;
/** When a job fails for a reason of ours it is tried again after this long, and the log says why. */
const UNEXPECTED_RETRY_MS = 60_000;

const HANDLERS: Record<JobKind, (context: Context, job: Job) => Promise<void>> = {
  provision,
  deliver,
};

/** What is due by time alone. Each returns how much it did and is called until that is nothing. */
const SWEEPS: readonly ((context: Context) => Promise<number>)[] = [
  renewRentals,
  endRentals,
  endQuarantines,
];

/** Does what the use cases have ordered and what falls due: claim, run, finish, back off. */
export class Worker implements AsyncDisposable {
  readonly #context: Context;
  readonly #beforeLook: () => Promise<void>;
  /** By the jobs' ids. */
  readonly #running = new Map<string, Promise<void>>();
  #loop: Promise<void> | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #stopping = false;

  /** @param beforeLook runs before each look for work; a sandbox follows a shared clock with it. */
  constructor(context: Context, beforeLook: () => Promise<void> = async () => {}) {
    this.#context = context;
    this.#beforeLook = beforeLook;
  }

  /** Starts looking for work until the worker is disposed of. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Does everything that is due now, and what that makes due, and returns when nothing is left. */
  async drain(): Promise<void> {
    do {
      while ((await this.#look()) > 0);
      await Promise.all(this.#running.values());
    } while ((await this.#look()) > 0 || this.#running.size > 0);
  }

  /** Waits for the jobs that have begun; what has not is left to the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#context.jobsOrdered.raise();
    await this.#loop;
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#beforeLook();
        if ((await this.#look()) > 0) continue;
      } catch (error) {
        this.#context.log.error({ err: error }, 'the worker could not look for work');
        await setTimeout(LOOK_EVERY_MS);
      }
      if (!this.#stopping) await this.#context.jobsOrdered.wait(LOOK_EVERY_MS);
    }
  }

  /** One look for work, never two at a time. @returns how much was found. */
  #look(): Promise<number> {
    const look = this.#looking.then(() => this.#sweepAndClaim());
    this.#looking = look.catch(() => {});
    return look;
  }

  async #sweepAndClaim(): Promise<number> {
    let found = 0;
    for (const sweep of SWEEPS) found += await sweep(this.#context);
    const free = JOBS_AT_ONCE_MAX - this.#running.size;
    if (free === 0) return found;
    const now = this.#context.clock.now();
    const jobs = await this.#claim(now, free);
    for (const job of jobs) this.#start(job);
    return found + jobs.length;
  }

  async #claim(now: Timestamp, limit: number): Promise<Job[]> {
    const { config, store, ids } = this.#context;
    // A look costs a read; only when something is due does it cost a write.
    const isDue = await store.read((db) => hasDueJob(db, now));
    if (!isDue) return [];
    const leaseEnd = addMilliseconds(now, leaseMs(config));
    // A clock that is moved ends leases early: what runs here must not run twice for that.
    const except = [...this.#running.keys()];
    return store.write((db) => claimJobs(db, ids.ulid(), now, leaseEnd, limit, except));
  }

  #start(job: Job): void {
    const run = this.#runJob(job).finally(() => {
      this.#running.delete(job.id);
      this.#context.jobsOrdered.raise();
    });
    this.#running.set(job.id, run);
  }

  async #runJob(job: Job): Promise<void> {
    const { store, clock, log } = this.#context;
    try {
      await HANDLERS[job.kind](this.#context, job);
    } catch (error) {
      log.error({ err: error, jobKind: job.kind, subjectId: job.subjectId }, 'job failed');
      const runAt = addMilliseconds(clock.now(), UNEXPECTED_RETRY_MS);
      await store
        .write((db) => postponeJob(db, job, runAt))
        .catch(() => {
          // The lease will run out by itself.
        });
    }
  }
}

/** Every job waits for one answer from outside; the longest wait is the one that counts. */
function leaseMs({ callback, platform }: Config): number {
  const platformMs = platform.kind === 'http' ? platform.timeoutMs : 0;
  return Math.max(callback.timeoutMs, platformMs) + LEASE_MARGIN_MS;
}
