import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** An answer as it goes onto the wire; its body is JSON. */
export interface Answer {
  status: number;
  body: string;
}

/** The right to answer for a key, as long as nobody has taken it over. */
export interface KeyClaim {
  projectId: ProjectId;
  key: string;
  claimId: string;
  /** The number whose emergency address a good answer will show. */
  addressOf?: E164 | undefined;
}

export interface NewKeyClaim extends KeyClaim {
  /** The same for the same request, and only for that. */
  requestHash: string;
  now: Timestamp;
  /** After this instant the same request may take the claim over, because whoever had it is dead. */
  leaseEnd: Timestamp;
  /** After this instant the key is as good as new. */
  expireAt: Timestamp;
}

/** @returns false when the key has an answer already, is being answered, or was used for another request. */
export async function claimKey(db: Writer, claim: NewKeyClaim): Promise<boolean> {
  const changed = await db.run(
    `INSERT INTO kept_answer
      (project_id, idempotency_key, request_hash, claim_id, lease_end, expire_at, status, body)
    VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)
    ON CONFLICT (project_id, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash,
      claim_id = excluded.claim_id, lease_end = excluded.lease_end, expire_at = excluded.expire_at,
      status = NULL, body = NULL
    WHERE kept_answer.expire_at <= ? OR (kept_answer.status IS NULL AND kept_answer.lease_end <= ?
      AND kept_answer.request_hash = excluded.request_hash)`,
    claim.projectId,
    claim.key,
    claim.requestHash,
    claim.claimId,
    claim.leaseEnd,
    claim.expireAt,
    claim.now,
    claim.now,
  );
  return changed === 1;
}

/** What a key was used for; without an answer while somebody is at it. */
export async function findKey(
  db: Reader,
  projectId: ProjectId,
  key: string,
): Promise<{ requestHash: string; answer: Answer | undefined } | undefined> {
  const row = await db.get<{ requestHash: string; status: number | null; body: string }>(
    `SELECT request_hash AS "requestHash", status, body FROM kept_answer
    WHERE project_id = ? AND idempotency_key = ?`,
    projectId,
    key,
  );
  if (row === undefined) return undefined;
  const { requestHash, status, body } = row;
  return { requestHash, answer: status === null ? undefined : { status, body } };
}

/** @returns false when the claim is somebody else's by now, or has its answer: then nothing may be written for it. */
export async function keepAnswer(
  db: Writer,
  { projectId, key, claimId, addressOf }: KeyClaim,
  { status, body }: Answer,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE kept_answer SET status = ?, body = ?, address_of = ?
    WHERE project_id = ? AND idempotency_key = ? AND claim_id = ? AND status IS NULL`,
    status,
    body,
    status === OK ? (addressOf ?? null) : null,
    projectId,
    key,
    claimId,
  );
  return changed === 1;
}

const OK = 200;

/**
 * Takes a number's emergency address out of the answers that show it: the address is personal data, and the number has
 * it no more. The keys stay used, so a request that is sent again changes nothing and is answered with nothing.
 */
export async function emptyAnswersWithAddress(
  db: Writer,
  projectId: ProjectId,
  e164: E164,
): Promise<void> {
  await db.run(
    `UPDATE kept_answer SET body = '{}', address_of = NULL WHERE project_id = ? AND address_of = ?`,
    projectId,
    e164,
  );
}

/** Gives back a claim for which there is no answer to keep: the key is as good as new. */
export async function releaseKey(db: Writer, { projectId, key, claimId }: KeyClaim): Promise<void> {
  await db.run(
    `DELETE FROM kept_answer
    WHERE project_id = ? AND idempotency_key = ? AND claim_id = ? AND status IS NULL`,
    projectId,
    key,
    claimId,
  );
}

export async function hasExpiredKey(db: Reader, now: Timestamp): Promise<boolean> {
  const sql = 'SELECT 1 AS expired FROM kept_answer WHERE expire_at <= ? LIMIT 1';
  return (await db.get(sql, now)) !== undefined;
}

/** Of all projects, the oldest first. @returns how many */
export function deleteExpiredKeys(db: Writer, now: Timestamp, limit: number): Promise<number> {
  return db.run(
    `DELETE FROM kept_answer WHERE (project_id, idempotency_key) IN (
      SELECT project_id, idempotency_key FROM kept_answer
      WHERE expire_at <= ? ORDER BY expire_at LIMIT ? ${db.dialect.skipLocked})`,
    now,
    limit,
  );
}
