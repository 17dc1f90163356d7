import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { JobKind } from '../../src/store/job.ts';
import type { Store } from '../../src/store/store.ts';
import { JOBS_PER_LANE_MAX } from '../../src/work/worker.ts';
import type { ServerProcess } from './server-process.ts';
import { waitUntil } from './wait-until.ts';

interface JobRow {
  kind: JobKind;
  lane: string;
  runAt: Timestamp;
  claimId: string | null;
}

/**
 * Until nothing is due that anybody may take and the living have no job under way: then the clock may be moved,
 * and no lease is lost. What the dead have claimed keeps its place in its lane until the lease ends.
 * @param killed the ids of the workers that are dead.
 */
export async function waitUntilQuiet(
  store: Store,
  server: ServerProcess,
  killed: readonly string[],
): Promise<void> {
  const isOfDead = ({ claimId }: JobRow) => killed.some((id) => claimId?.startsWith(id));
  await waitUntil('a moment without work', async () => {
    const now = await server.readClock();
    const jobs = await store.read((db) =>
      db.all<JobRow>('SELECT kind, lane, run_at AS "runAt", claim_id AS "claimId" FROM job'),
    );
    return jobs.every((job) => {
      if (job.claimId !== null) return job.runAt > now && isOfDead(job);
      const held = jobs
        .filter(({ lane, kind }) => lane === job.lane && kind === job.kind)
        .filter(isOfDead);
      return job.runAt > now || held.length >= JOBS_PER_LANE_MAX[job.kind];
    });
  });
}
