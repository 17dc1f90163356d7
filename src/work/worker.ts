import { setTimeout } from 'node:timers/promises';

import { collectUnpaid } from '../app/collect-unpaid.ts';
import { endHolds } from '../app/end-holds.ts';
import { endQuarantines } from '../app/end-quarantines.ts';
import { endRentals } from '../app/end-rentals.ts';
import { expireNumberOrders } from '../app/expire-number-orders.ts';
import { forgetAnswers } from '../app/forget-answers.ts';
import { forgetOrderData } from '../app/forget-order-data.ts';
import { renewRentals } from '../app/renew-rentals.ts';
import { reviewSandboxOrders } from '../app/review-sandbox-orders.ts';
import { SetAside } from '../app/set-aside.ts';
import { suspendUnpaid } from '../app/suspend-unpaid.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import { isUnavailable } from '../errors.ts';
import { claimJobs, hasDueJob, type Job, type JobKind, postponeJob } from '../store/job.ts';
import { deliver } from './deliver.ts';
import { provision } from './provision.ts';
import { continueRentOrder } from './rent-order.ts';
import { settleAddress } from './settle-address.ts';

/** Jobs done at the same time, each kind apart: callbacks that hang must not hold up provisioning. */
const JOBS_AT_ONCE_MAX: Record<JobKind, number> = {
  provision: 32,
  deliver: 64,
  // Each has a connection, for seconds when it rents ten thousand numbers, and the process has ten for everybody.
  'rent-order': 4,
  'settle-address': 8,
};
/**
 * Of those, jobs for one receiver, in all processes together: a callback URL that hangs takes no more than
 * these from the others. The platform is the operator's own, and another process is meant to ask it more.
 * The orders of a project take turns, so that two of them do not fight for the same numbers.
 */
export const JOBS_PER_LANE_MAX: Record<JobKind, number> = {
  provision: Infinity,
  deliver: 4,
  'rent-order': 1,
  'settle-address': Infinity,
};
/** A claim lasts this much longer than a job can take, so that only a dead process loses one. */
const LEASE_MARGIN_MS = 60_000;
/** How often the worker looks for what is due by time, and for jobs that another process ordered. */
const LOOK_EVERY_MS = 250;
/** When a job or a sweep fails for a reason of ours it is tried again after this long, and the log says why. */
const UNEXPECTED_RETRY_MS = 60_000;

const HANDLERS: Record<JobKind, (context: Context, job: Job) => Promise<void>> = {
  provision,
  deliver,
  'rent-order': continueRentOrder,
  'settle-address': settleAddress,
};

const JOB_KINDS = Object.keys(HANDLERS) as JobKind[];

type Sweep = (context: Context, setAside: SetAside) => Promise<number>;

/** What is due by time alone. Each returns how much it did and is called until that is nothing. */
const SWEEPS: readonly Sweep[] = [
  renewRentals,
  collectUnpaid,
  suspendUnpaid,
  endRentals,
  endQuarantines,
  expireNumberOrders,
  endHolds,
  reviewSandboxOrders,
  forgetAnswers,
  forgetOrderData,
];

/** Does what the use cases have ordered and what falls due: claim, run, finish, back off. */
export class Worker implements AsyncDisposable {
  readonly #context: Context;
  readonly #beforeLook: () => Promise<void>;
  /** Every claim begins with it, so that one can tell from the database whose a job is. */
  readonly #id: string;
  #claims = 0;
  /** By the jobs' ids. */
  readonly #running = new Map<string, { kind: JobKind; end: Promise<void> }>();
  /** How many jobs have ended here. */
  #ended = 0;
  /** Where the next claim goes on: no lane waits for ever behind others. */
  readonly #nextLane: Record<JobKind, string> = {
    provision: '',
    deliver: '',
    'rent-order': '',
    'settle-address': '',
  };
  readonly #sweeps = SWEEPS.map((sweep) => ({ sweep, setAside: new SetAside() }));
  /** Sweeps that have failed, and until when they wait. */
  readonly #paused = new Map<Sweep, Timestamp>();
  #loop: Promise<void> | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #isDatabaseThere = true;

  /** @param beforeLook runs before each look for work; a sandbox follows a shared clock with it. */
  constructor(context: Context, beforeLook: () => Promise<void> = async () => {}) {
    this.#context = context;
    this.#beforeLook = beforeLook;
    this.#id = context.ids.ulid();
  }

  /** Starts looking for work until the worker is disposed of. */
  start(): void {
    if (this.#loop !== undefined) return;
    this.#context.log.debug({ worker: this.#id }, 'worker started');
    this.#loop = this.#run();
  }

  /** Does everything that is due now, and what that makes due, and returns when nothing is left. */
  async drain(): Promise<void> {
    for (;;) {
      const ended = this.#ended;
      if ((await this.#look()) > 0) continue;
      // A look passes over what runs: a job that ended meanwhile may be due again unseen.
      if (ended !== this.#ended) continue;
      if (this.#running.size === 0) return;
      // Not all of them: what one job has made due does not wait for the slowest of the others.
      await Promise.race(this.#ends());
    }
  }

  /** Begins nothing more: what has not begun is left to the next process. */
  stop(): void {
    this.#stopping = true;
    this.#context.jobsOrdered.raise();
  }

  /** Stops, and waits for the jobs that have begun. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#loop;
    await this.#looking;
    await Promise.all(this.#ends());
  }

  #ends(): Promise<void>[] {
    return Array.from(this.#running.values(), ({ end }) => end);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#beforeLook();
        const found = await this.#look();
        this.#tellOfDatabase(true);
        if (found > 0) continue;
      } catch (error) {
        if (isUnavailable(error)) this.#tellOfDatabase(false, error.internal);
        else this.#context.log.error({ err: error }, 'the worker could not look for work');
        await setTimeout(LOOK_EVERY_MS);
      }
      if (!this.#stopping) await this.#context.jobsOrdered.wait(LOOK_EVERY_MS);
    }
  }

  /** Once when it has gone and once when it is back, however often it is looked for: that heals itself. */
  #tellOfDatabase(isThere: boolean, reason?: string): void {
    if (isThere === this.#isDatabaseThere) return;
    this.#isDatabaseThere = isThere;
    const { log } = this.#context;
    if (isThere) log.info('the worker reaches the database again');
    else log.warn({ reason }, 'the worker does not reach the database and keeps trying');
  }

  /** One look for work, never two at a time. @returns how much was found. */
  #look(): Promise<number> {
    const look = this.#looking.then(() => this.#sweepAndClaim());
    this.#looking = look.catch(() => {});
    return look;
  }

  async #sweepAndClaim(): Promise<number> {
    if (this.#stopping) return 0;
    let found = 0;
    for (const { sweep, setAside } of this.#sweeps) found += await this.#sweep(sweep, setAside);
    for (const kind of JOB_KINDS) {
      const jobs = await this.#claim(kind);
      for (const job of jobs) this.#start(job);
      found += jobs.length;
    }
    return found;
  }

  /** A sweep that fails must not stop the others, nor the jobs. */
  async #sweep(sweep: Sweep, setAside: SetAside): Promise<number> {
    const { clock, log } = this.#context;
    const now = clock.now();
    const pausedUntil = this.#paused.get(sweep);
    if (pausedUntil !== undefined && now < pausedUntil) return 0;
    try {
      return await sweep(this.#context, setAside);
    } catch (error) {
      // No sweep is to blame, and none waits longer than the database is away.
      if (isUnavailable(error)) throw error;
      log.error({ err: error, sweep: sweep.name }, 'sweep failed');
      this.#paused.set(sweep, addMilliseconds(now, UNEXPECTED_RETRY_MS));
      return 0;
    }
  }

  async #claim(kind: JobKind): Promise<Job[]> {
    const { config, clock, store } = this.#context;
    const running = [...this.#running].filter(([, job]) => job.kind === kind);
    const limit = JOBS_AT_ONCE_MAX[kind] - running.length;
    if (limit <= 0) return [];
    const now = clock.now();
    // A look costs a read; only when something is due does it cost a write.
    if (!(await store.read((db) => hasDueJob(db, kind, now)))) return [];
    const options = {
      kind,
      claimId: `${this.#id}-${++this.#claims}`,
      now,
      leaseEnd: addMilliseconds(now, leaseMs(config)),
      limit,
      perLaneMax: JOBS_PER_LANE_MAX[kind],
      // A clock that is moved ends leases early: what runs here must not run twice for that.
      running: running.map(([id]) => id),
    };
    // Begun in the middle, the lanes are all seen when their end has been reached twice.
    for (let ends = this.#nextLane[kind] === '' ? 1 : 2; ends > 0;) {
      const fromLane = this.#nextLane[kind];
      const { jobs, nextLane } = await store.write((db) => claimJobs(db, { ...options, fromLane }));
      this.#nextLane[kind] = nextLane;
      if (jobs.length > 0) return jobs;
      if (nextLane === '') ends--;
    }
    return [];
  }

  #start(job: Job): void {
    const end = this.#runJob(job).finally(() => {
      this.#running.delete(job.id);
      this.#ended++;
      this.#context.jobsOrdered.raise();
    });
    this.#running.set(job.id, { kind: job.kind, end });
  }

  async #runJob(job: Job): Promise<void> {
    const { store, clock, log } = this.#context;
    try {
      await HANDLERS[job.kind](this.#context, job);
    } catch (error) {
      // While the database is away it is enough that the job comes back.
      const level = isUnavailable(error) ? 'warn' : 'error';
      log[level]({ err: error, jobKind: job.kind, subjectId: job.subjectId }, 'job failed');
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
