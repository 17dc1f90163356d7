import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export type JobKind = 'provision' | 'deliver';

/** Work to be done outside the transaction that ordered it. The table is the outbox. */
export interface Job {
  id: string;
  kind: JobKind;
  /** The provisioning or the delivery. */
  subjectId: string;
  /** How often the job has been claimed, this time included. */
  attempts: number;
  claimId: string;
}

export interface NewJob {
  id: string;
  kind: JobKind;
  subjectId: string;
  runAt: Timestamp;
  createdAt: Timestamp;
}

/** Orders a job; one that is already there for the subject is brought forward instead. */
export async function putJob(db: Writer, job: NewJob): Promise<void> {
  await db.run(
    `INSERT INTO job (id, kind, subject_id, run_at, attempts, claim_id, created_at)
    VALUES (?, ?, ?, ?, 0, NULL, ?)
    ON CONFLICT (kind, subject_id) DO UPDATE SET run_at = excluded.run_at, claim_id = NULL`,
    job.id,
    job.kind,
    job.subjectId,
    job.runAt,
    job.createdAt,
  );
}

/**
 * Takes up to `limit` due jobs for this claimer until `leaseEnd`, but none of `except`. After that instant
 * they are due again, so the jobs of a process that died are done by another.
 */
export function claimJobs(
  db: Writer,
  claimId: string,
  now: Timestamp,
  leaseEnd: Timestamp,
  limit: number,
  except: readonly string[],
): Promise<Job[]> {
  return db.all<Job>(
    `UPDATE job SET claim_id = ?, run_at = ?, attempts = attempts + 1
    WHERE id IN (SELECT id FROM job WHERE run_at <= ? AND id NOT IN ${db.dialect.jsonTextList}
      ORDER BY run_at LIMIT ? ${db.dialect.skipLocked})
    RETURNING id, kind, subject_id AS "subjectId", attempts, claim_id AS "claimId"`,
    claimId,
    leaseEnd,
    now,
    JSON.stringify(except),
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

export async function hasDueJob(db: Reader, now: Timestamp): Promise<boolean> {
  return (await db.get('SELECT 1 AS due FROM job WHERE run_at <= ? LIMIT 1', now)) !== undefined;
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
