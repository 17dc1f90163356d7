import { findCandidates } from '../app/find-rent-candidates.ts';
import { readRentBasis, type RentRequest } from '../app/rent-number.ts';
import { settleRentOrder } from '../app/settle-rent-order.ts';
import type { Context } from '../context.ts';
import { deleteJob, deleteJobOf, type Job, postponeJob } from '../store/job.ts';
import { findRentOrder, findRentOrderProject, lockRentOrder } from '../store/rent-order.ts';

/** Rents the next numbers of an order; the job comes back until the order is over. */
export async function continueRentOrder(context: Context, job: Job): Promise<void> {
  const order = await context.store.read(async (db) => {
    const projectId = await findRentOrderProject(db, job.subjectId);
    return projectId && findRentOrder(db, projectId, job.subjectId);
  });
  if (order === undefined) {
    await context.store.write((db) => deleteJob(db, job));
    return;
  }
  const candidates = await findCandidates(context, order);
  const basis = await readRentBasis(context, order.projectId);
  await context.store.write(
    async (db) => {
      const current = await lockRentOrder(db, order.projectId, order.id);
      if (current?.state !== 'IN_PROGRESS') {
        await deleteJob(db, job);
        return;
      }
      // The lease ran out and somebody else has the job: they go on.
      if (!(await postponeJob(db, job, context.clock.now()))) return;
      const { projectId, actor, requestId } = current;
      const request = JSON.parse(current.request) as RentRequest;
      const terms = { basis, caller: { projectId, actor, requestId }, request };
      const next = await settleRentOrder(context, db, current, terms, candidates);
      if (next.state !== 'IN_PROGRESS') await deleteJobOf(db, job.kind, job.subjectId);
    },
    // All or nothing of ten thousand numbers is one transaction.
    { mayTakeLong: true },
  );
}
