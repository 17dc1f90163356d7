import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export type JobKind = 'provision' | 'deliver' | 'rent-order' | 'settle-address';

/** Work to be done outside the transaction that ordered it. The table is the outbox. */
export interface Job {
  id: string;
  kind: JobKind;
  /** The provisioning, the delivery, the order, or the rental whose emergency address it is about. */
  subjectId: string;
  /** How often the job has been claimed, this time included. */
  attempts: number;
  claimId: string;
}

export interface NewJob {
  id: string;
  kind: JobKind;
  /** Jobs of a kind with the same lane share a receiver, and few of them run at once. Left out: ''. */
  lane?: string;
  subjectId: string;
  runAt: Timestamp;
  createdAt: Timestamp;
}

/** Orders a job; one that is already there for the subject is brought forward instead. */
export async function putJob(db: Writer, job: NewJob): Promise<void> {
  await db.run(
    `INSERT INTO job (id, kind, lane, subject_id, run_at, attempts, claim_id, created_at)
    VALUES (?, ?, ?, ?, ?, 0, NULL, ?)
    ON CONFLICT (kind, subject_id) DO UPDATE SET run_at = excluded.run_at, claim_id = NULL`,
    job.id,
    job.kind,
    job.lane ?? '',
    job.subjectId,
    job.runAt,
    job.createdAt,
  );
}

/** What one claim may take. */
export interface ClaimOptions {
  kind: JobKind;
  claimId: string;
  now: Timestamp;
  /** After this instant the jobs are due again, so those of a process that died are done by another. */
  leaseEnd: Timestamp;
  /** Jobs at most. */
  limit: number;
  /** Jobs of one lane at most, with those that are claimed already, here or elsewhere; Infinity: any number. */
  perLaneMax: number;
  /** Ids of the jobs that run in this process: they count as claimed, even if their lease has ended. */
  running: readonly string[];
  /** The lane to begin with; '' is the first. */
  fromLane: string;
}

/** Lanes that one claim looks at: more than there are slots, few enough for a statement of a millisecond. */
const LANES_PER_CLAIM = 200;

/**
 * Takes due jobs: of all lanes in turn, those with the fewest claims first, the oldest first within each.
 * Jobs that wait for their lane cost nothing, however many they are. A lane from which another process is
 * taking jobs at this moment is passed by.
 * @returns the jobs, and the lane to go on with: '' when there is none after those seen.
 */
export async function claimJobs(
  db: Writer,
  options: ClaimOptions,
): Promise<{ jobs: Job[]; nextLane: string }> {
  const lanes = await listLanes(db, options, LANES_PER_CLAIM + 1);
  const seen = lanes.slice(0, LANES_PER_CLAIM);
  let shares = shareSlots(seen, await countClaimed(db, options), options);
  if (db.dialect.skipLocked !== '' && options.perLaneMax !== Infinity) {
    const locked = await lockLanes(db, options, [...shares.keys()]);
    // Counted again: another process may have taken jobs of them before they were locked.
    const ours = seen.filter(({ name }) => locked.has(name));
    shares = shareSlots(ours, await countClaimed(db, options), options);
  }
  const jobs: Job[] = [];
  for (const [lane, count] of shares) jobs.push(...(await claimInLane(db, options, lane, count)));
  return { jobs, nextLane: lanes[LANES_PER_CLAIM]?.name ?? '' };
}

/**
 * Locks the oldest due job of each lane, so that of two claims at once one sees what the other has taken.
 *
 * NOTE: when an older job comes into a lane between the two, each locks another one, and for once the lane
 * gets the limit of both. A row for each lane would prevent that, at the price of one more write for every
 * callback; the limit is there to be fair, and a few more requests do no harm.
 * @returns the lanes whose lock nobody else has.
 */
async function lockLanes(
  db: Writer,
  { kind, now }: ClaimOptions,
  lanes: readonly string[],
): Promise<Set<string>> {
  const locked = await db.column<string>(
    `SELECT lane FROM job WHERE id IN (
      SELECT (SELECT id FROM job WHERE kind = ? AND lane = wanted.value AND run_at <= ? ORDER BY run_at LIMIT 1)
      FROM ${db.dialect.jsonTextList} AS wanted) ${db.dialect.skipLocked}`,
    kind,
    now,
    JSON.stringify(lanes),
  );
  return new Set(locked);
}

interface Lane {
  name: string;
  /** When its oldest job became due; `null` when none is. */
  dueSince: Timestamp | null;
}

/** Lanes in the order of their names. Each step of the recursion is one look into the index. */
async function listLanes(
  db: Reader,
  { kind, now, fromLane }: ClaimOptions,
  limit: number,
): Promise<Lane[]> {
  const lanes = await db.all<Lane>(
    `WITH RECURSIVE slice (name, place) AS (
      SELECT min(lane), 1 FROM job WHERE kind = ? AND lane >= ?
      UNION ALL
      SELECT (SELECT min(lane) FROM job WHERE kind = ? AND lane > slice.name), place + 1
      FROM slice WHERE name IS NOT NULL AND place < ?)
    SELECT name, (SELECT min(run_at) FROM job WHERE kind = ? AND lane = slice.name AND run_at <= ?)
      AS "dueSince" FROM slice WHERE name IS NOT NULL`,
    kind,
    fromLane,
    kind,
    limit,
    kind,
    now,
  );
  return lanes.sort((a, b) => compare(a.name, b.name));
}

/** How many jobs of each lane are claimed, or run here: those too that have put themselves back and are about to end. */
async function countClaimed(
  db: Reader,
  { kind, now, running }: ClaimOptions,
): Promise<Map<string, number>> {
  const ours = JSON.stringify(running);
  const claimed = await db.all<{ lane: string; count: number }>(
    `SELECT lane, count(*) AS count FROM job WHERE kind = ? AND claim_id IS NOT NULL
      AND (run_at > ? OR id IN ${db.dialect.jsonTextList}) GROUP BY lane`,
    kind,
    now,
    ours,
  );
  const counts = new Map(claimed.map(({ lane, count }) => [lane, count]));
  if (running.length === 0) return counts;
  const putBack = await db.column<string>(
    `SELECT job.lane FROM ${db.dialect.jsonTextList} AS wanted
    CROSS JOIN job WHERE job.id = wanted.value AND job.claim_id IS NULL`,
    ours,
  );
  for (const lane of putBack) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}

/** How many jobs to take of which lane: every lane gets its first slot before any gets its second. */
function shareSlots(
  lanes: readonly Lane[],
  claimed: ReadonlyMap<string, number>,
  { limit, perLaneMax }: ClaimOptions,
): Map<string, number> {
  const slots = lanes.flatMap(({ name, dueSince }) => {
    if (dueSince === null) return [];
    const first = claimed.get(name) ?? 0;
    const free = Math.max(0, Math.min(limit, perLaneMax - first));
    return Array.from({ length: free }, (_, i) => ({ name, place: first + i, dueSince }));
  });
  slots.sort((a, b) => a.place - b.place || compare(a.dueSince, b.dueSince));
  const shares = new Map<string, number>();
  for (const { name } of slots.slice(0, limit)) shares.set(name, (shares.get(name) ?? 0) + 1);
  return shares;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Takes due jobs of one lane, the oldest first. */
export function claimInLane(
  db: Writer,
  {
    kind,
    claimId,
    now,
    leaseEnd,
    running,
  }: Omit<ClaimOptions, 'limit' | 'perLaneMax' | 'fromLane'>,
  lane: string,
  limit: number,
): Promise<Job[]> {
  return db.all<Job>(
    `UPDATE job SET claim_id = ?, run_at = ?, attempts = attempts + 1
    WHERE id IN (SELECT id FROM job WHERE kind = ? AND lane = ? AND run_at <= ?
      AND id NOT IN ${db.dialect.jsonTextList} ORDER BY run_at LIMIT ? ${db.dialect.skipLocked})
    RETURNING id, kind, subject_id AS "subjectId", attempts, claim_id AS "claimId"`,
    claimId,
    leaseEnd,
    kind,
    lane,
    now,
    JSON.stringify(running),
    limit,
  );
}

/** @returns false when the lease ran out and somebody else has the job: then nothing may be written for it. */
export async function deleteJob(db: Writer, job: Job): Promise<boolean> {
  return (await db.run('DELETE FROM job WHERE id = ? AND claim_id = ?', job.id, job.claimId)) === 1;
}

/** Puts a claimed job back, to be done at `runAt`. @returns false as `deleteJob` does. */
export async function postponeJob(db: Writer, job: Job, runAt: Timestamp): Promise<boolean> {
  const changed = await db.run(
    'UPDATE job SET run_at = ?, claim_id = NULL WHERE id = ? AND claim_id = ?',
    runAt,
    job.id,
    job.claimId,
  );
  return changed === 1;
}

/** Withdraws the job of a subject that no longer matters, claimed or not. */
export async function deleteJobOf(db: Writer, kind: JobKind, subjectId: string): Promise<void> {
  await db.run('DELETE FROM job WHERE kind = ? AND subject_id = ?', kind, subjectId);
}

export async function hasDueJob(db: Reader, kind: JobKind, now: Timestamp): Promise<boolean> {
  const sql = 'SELECT 1 AS due FROM job WHERE kind = ? AND run_at <= ? LIMIT 1';
  return (await db.get(sql, kind, now)) !== undefined;
}

/** How many jobs of each kind are claimed, due or still to come. */
export function countJobs(
  db: Reader,
  now: Timestamp,
): Promise<{ kind: JobKind; state: 'CLAIMED' | 'DUE' | 'SCHEDULED'; count: number }[]> {
  return db.all(
    `SELECT kind, CASE WHEN run_at <= ? THEN 'DUE' WHEN claim_id IS NULL THEN 'SCHEDULED' ELSE 'CLAIMED' END
      AS state, count(*) AS count FROM job GROUP BY 1, 2`,
    now,
  );
}
