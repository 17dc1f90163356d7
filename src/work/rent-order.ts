import { findCandidates } from '../app/find-rent-candidates.ts';
import { foreseeReserving } from '../app/foresee-reserving.ts';
import { freeReservedNumbers } from '../app/free-reserved-numbers.ts';
import { readRentBasis, type RentRequest } from '../app/rent-number.ts';
import type { RentTerms } from '../app/rent-order-numbers.ts';
import { rentReserved } from '../app/rent-reserved.ts';
import { reserveNext } from '../app/reserve-next.ts';
import { settleRentOrder } from '../app/settle-rent-order.ts';
import type { Context } from '../context.ts';
import { nextCount, phaseOf, type RentOrderPhase, reservesFirst } from '../domain/rent-order.ts';
import { deleteJob, deleteJobOf, type Job, postponeJob } from '../store/job.ts';
import {
  findRentOrder,
  findRentOrderProject,
  lockRentOrder,
  type RentOrder,
} from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';

/** Does the next step of an order; the job comes back until there is none. */
export async function continueRentOrder(context: Context, job: Job): Promise<void> {
  const order = await context.store.read(async (db) => {
    const projectId = await findRentOrderProject(db, job.subjectId);
    return projectId && findRentOrder(db, projectId, job.subjectId);
  });
  if (order === undefined) {
    await context.store.write((db) => deleteJob(db, job));
    return;
  }
  const phase = phaseOf(order);
  const step = await STEPS[phase](context, order);
  await context.store.write(
    async (db) => {
      const current = await lockRentOrder(db, order.projectId, order.id);
      // Of a project's orders that set numbers aside, one after the other does: two would take them from each other.
      const runAt = reservesFirst(order) ? order.createdAt : context.clock.now();
      // The lease ran out and somebody else has the job: they go on.
      if (!(await postponeJob(db, job, runAt))) return;
      // Somebody has come in between: the next turn sees what is to be done.
      if (current === undefined || phaseOf(current) !== phase) return;
      if (await step(db, current)) await deleteJobOf(db, job.kind, job.subjectId);
    },
    // Ten thousand numbers, set aside before, are rented in one transaction.
    { mayTakeLong: phase === 'RENTING_RESERVED' },
  );
}

/** What is written, with the order's lock. @returns whether nothing is left to be done. */
type Step = (db: Writer, order: RentOrder) => Promise<boolean>;

/** What each phase has to know before its write begins. */
const STEPS: Record<RentOrderPhase, (context: Context, order: RentOrder) => Promise<Step>> = {
  async RENTING(context, order) {
    const candidates = await findCandidates(context, order, nextCount(order));
    const terms = await readTerms(context, order);
    return async (db, current) => {
      const next = await settleRentOrder(context, db, current, terms, candidates);
      return next.state !== 'IN_PROGRESS';
    };
  },

  async RESERVING(context, order) {
    const foreseen = await foreseeReserving(context, order);
    const terms = await readTerms(context, order);
    return async (db, current) => {
      await reserveNext(context, db, current, terms, foreseen);
      return false;
    };
  },

  async RENTING_RESERVED(context, order) {
    const terms = await readTerms(context, order);
    return async (db, current) => {
      const ended = await rentReserved(context, db, current, terms);
      return ended.state === 'COMPLETED';
    };
  },

  FREEING: async (context) => (db, order) => freeReservedNumbers(context, db, order),

  OVER: async () => async () => true,
};

async function readTerms(context: Context, order: RentOrder): Promise<RentTerms> {
  const { projectId, actor, requestId } = order;
  return {
    basis: await readRentBasis(context, projectId),
    caller: { projectId, actor, requestId },
    request: JSON.parse(order.request) as RentRequest,
  };
}
