import type {
  ProvisioningErrorCode,
  ProvisioningKind,
  ProvisioningStep,
  VoiceType,
} from '../domain/provisioning.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** WAITING → IN_PROGRESS → DONE or FAILED; CANCELLED when a newer one or a release took its place. */
export type ProvisioningStatus = 'WAITING' | 'IN_PROGRESS' | 'FAILED' | 'DONE' | 'CANCELLED';

/** Connecting a rental to a platform, or disconnecting it: some steps, one after the other. */
export interface Provisioning {
  /** A ULID: a later provisioning of the same number has a greater id. */
  id: string;
  rentalId: string;
  projectId: ProjectId;
  kind: ProvisioningKind;
  status: ProvisioningStatus;
  /** What the rental is to be connected to; only those of the kind count. */
  servicePlanId: string;
  campaignId: string;
  voiceType: VoiceType;
  voiceTargetId: string;
  steps: ProvisioningStep[];
  stepsDone: number;
  /** How often the platform was unavailable for the current step, and when it was first asked. */
  stepFailures: number;
  stepStartedAt: Timestamp | null;
  errorCodes: ProvisioningErrorCode[];
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

interface ProvisioningRow extends Omit<Provisioning, 'steps' | 'errorCodes'> {
  steps: string;
  errorCodes: string;
}

export async function insertProvisioning(db: Writer, provisioning: Provisioning): Promise<void> {
  await db.run(
    `INSERT INTO provisioning (id, rental_id, project_id, kind, status, service_plan_id, campaign_id,
      voice_type, voice_target_id, steps, steps_done, step_failures, step_started_at, error_codes,
      created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    provisioning.id,
    provisioning.rentalId,
    provisioning.projectId,
    provisioning.kind,
    provisioning.status,
    provisioning.servicePlanId,
    provisioning.campaignId,
    provisioning.voiceType,
    provisioning.voiceTargetId,
    JSON.stringify(provisioning.steps),
    provisioning.stepsDone,
    provisioning.stepFailures,
    provisioning.stepStartedAt,
    JSON.stringify(provisioning.errorCodes),
    provisioning.createdAt,
    provisioning.updatedAt,
  );
}

const COLUMNS = `id, rental_id AS "rentalId", project_id AS "projectId", kind, status,
  service_plan_id AS "servicePlanId", campaign_id AS "campaignId", voice_type AS "voiceType",
  voice_target_id AS "voiceTargetId", steps, steps_done AS "stepsDone",
  step_failures AS "stepFailures", step_started_at AS "stepStartedAt", error_codes AS "errorCodes",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

export async function findProvisioning(db: Reader, id: string): Promise<Provisioning | undefined> {
  const row = await db.get<ProvisioningRow>(`SELECT ${COLUMNS} FROM provisioning WHERE id = ?`, id);
  return row && toProvisioning(row);
}

/** Provisionings of a rental and kind that began after the last one that was done, and were not done themselves. */
export async function listUnsettled(
  db: Reader,
  rentalId: string,
  kind: ProvisioningKind,
): Promise<Provisioning[]> {
  const rows = await db.all<ProvisioningRow>(
    `SELECT ${COLUMNS} FROM provisioning
    WHERE rental_id = ? AND kind = ? AND (steps_done > 0 OR step_started_at IS NOT NULL) AND id > coalesce((
      SELECT max(id) FROM provisioning WHERE rental_id = ? AND kind = ? AND status = 'DONE'), '')
    ORDER BY id`,
    rentalId,
    kind,
    rentalId,
    kind,
  );
  return rows.map(toProvisioning);
}

/** Whether a rental has a provisioning that is still to be done. */
export async function hasOpenProvisioning(db: Reader, rentalId: string): Promise<boolean> {
  const row = await db.get(
    `SELECT 1 AS open FROM provisioning WHERE rental_id = ? AND status IN ('WAITING', 'IN_PROGRESS') LIMIT 1`,
    rentalId,
  );
  return row !== undefined;
}

/**
 * Writes how far a provisioning has come, if it is still open and its current step is the one the caller
 * worked on. @returns false when it was cancelled, or a report from elsewhere finished the step first.
 */
export async function updateProvisioning(
  db: Writer,
  before: Pick<Provisioning, 'id' | 'stepsDone'>,
  after: Pick<
    Provisioning,
    'status' | 'stepsDone' | 'stepFailures' | 'stepStartedAt' | 'errorCodes' | 'updatedAt'
  >,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE provisioning SET status = ?, steps_done = ?, step_failures = ?, step_started_at = ?,
      error_codes = ?, updated_at = ?
    WHERE id = ? AND steps_done = ? AND status IN ('WAITING', 'IN_PROGRESS')`,
    after.status,
    after.stepsDone,
    after.stepFailures,
    after.stepStartedAt,
    JSON.stringify(after.errorCodes),
    after.updatedAt,
    before.id,
    before.stepsDone,
  );
  return changed === 1;
}

/** Cancels what a rental has open of a kind, failed ones included. @returns the ids, whose jobs are to be withdrawn. */
export async function cancelProvisionings(
  db: Writer,
  rentalId: string,
  kind: ProvisioningKind,
  at: Timestamp,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `UPDATE provisioning SET status = 'CANCELLED', updated_at = ?
    WHERE rental_id = ? AND kind = ? AND status IN ('WAITING', 'IN_PROGRESS', 'FAILED') RETURNING id`,
    at,
    rentalId,
    kind,
  );
  return rows.map((row) => row.id);
}

/**
 * How many other numbers of the project are on the 10DLC campaign of a provisioning, or on their way there
 * since before it. Later ones do not count: of any number at once, the first get the campaign's places.
 */
export async function countOnCampaign(
  db: Reader,
  {
    id,
    projectId,
    rentalId,
    campaignId,
  }: Pick<Provisioning, 'id' | 'projectId' | 'rentalId' | 'campaignId'>,
): Promise<number> {
  const row = await db.get<{ count: number }>(
    `SELECT count(*) AS count FROM (
      SELECT id FROM rental
      WHERE project_id = ? AND campaign_id = ? AND campaign_id <> '' AND ended_at IS NULL
      UNION SELECT rental_id FROM provisioning
      WHERE project_id = ? AND campaign_id = ? AND campaign_id <> ''
        AND status IN ('WAITING', 'IN_PROGRESS') AND id < ?) AS other
    WHERE id <> ?`,
    projectId,
    campaignId,
    projectId,
    campaignId,
    id,
    rentalId,
  );
  return row?.count ?? 0;
}

function toProvisioning(row: ProvisioningRow): Provisioning {
  return {
    ...row,
    steps: JSON.parse(row.steps) as ProvisioningStep[],
    errorCodes: JSON.parse(row.errorCodes) as ProvisioningErrorCode[],
  };
}
