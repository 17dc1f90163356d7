import type { E164 } from '../domain/phone-number.ts';
import type {
  ProvisioningErrorCode,
  ProvisioningKind,
  ProvisioningStep,
  SmsLink,
  VoiceLink,
  VoiceType,
} from '../domain/provisioning.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

/** WAITING → IN_PROGRESS → DONE or FAILED; CANCELLED when a newer one or a release took its place. */
export type ProvisioningStatus = 'WAITING' | 'IN_PROGRESS' | 'FAILED' | 'DONE' | 'CANCELLED';

/** Connecting a rental to a platform, or disconnecting it: some steps, one after the other. */
export interface Provisioning {
  id: string;
  rentalId: string;
  e164: E164;
  /** 1, 2, 3 … for each number: a later one has a greater sequence, whichever machine ordered it. */
  sequence: number;
  projectId: ProjectId;
  kind: ProvisioningKind;
  status: ProvisioningStatus;
  /** What the rental is to be connected to; only those of the kind count. */
  servicePlanId: string;
  campaignId: string;
  voiceType: VoiceType;
  voiceTargetId: string;
  /** Whether it was let onto its campaign: see `takeCampaignPlace`. */
  hasCampaignPlace: boolean;
  steps: ProvisioningStep[];
  stepsDone: number;
  /** How often the platform was unavailable for the current step, and when it was first asked. */
  stepFailures: number;
  stepStartedAt: Timestamp | null;
  errorCodes: ProvisioningErrorCode[];
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

interface ProvisioningRow extends Omit<Provisioning, 'steps' | 'errorCodes' | 'hasCampaignPlace'> {
  hasCampaignPlace: 0 | 1;
  steps: string;
  errorCodes: string;
}

/** What the last provisioning of each kind that was done before an instant has connected a rental to. */
export async function findLinksBefore(
  db: Reader,
  rentalId: string,
  before: Timestamp,
): Promise<{ sms: SmsLink | undefined; voice: VoiceLink | undefined }> {
  const last = (kind: ProvisioningKind) =>
    db.get<SmsLink & { voiceType: VoiceType; voiceTargetId: string }>(
      `SELECT service_plan_id AS "servicePlanId", campaign_id AS "campaignId", voice_type AS "voiceType",
        voice_target_id AS "voiceTargetId" FROM provisioning
      WHERE rental_id = ? AND kind = ? AND status = 'DONE' AND created_at < ? ORDER BY sequence DESC LIMIT 1`,
      rentalId,
      kind,
      before,
    );
  const [sms, voice] = [await last('SMS'), await last('VOICE')];
  return {
    sms: sms && { servicePlanId: sms.servicePlanId, campaignId: sms.campaignId },
    voice: voice && { type: voice.voiceType, targetId: voice.voiceTargetId },
  };
}

/** The caller holds the number's lock, which decides the sequence. */
export async function insertProvisioning(
  db: Writer,
  provisioning: Omit<Provisioning, 'sequence' | 'hasCampaignPlace'>,
): Promise<void> {
  await db.run(
    `INSERT INTO provisioning (id, rental_id, e164, sequence, project_id, kind, status, service_plan_id,
      campaign_id, voice_type, voice_target_id, has_campaign_place, steps, steps_done, step_failures,
      step_started_at, error_codes, created_at, updated_at)
    VALUES (?, ?, ?, (SELECT coalesce(max(sequence), 0) + 1 FROM provisioning WHERE e164 = ?), ?, ?, ?, ?,
      ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
    provisioning.id,
    provisioning.rentalId,
    provisioning.e164,
    provisioning.e164,
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

const COLUMNS = `id, rental_id AS "rentalId", e164, sequence, project_id AS "projectId", kind, status,
  service_plan_id AS "servicePlanId", campaign_id AS "campaignId", voice_type AS "voiceType",
  voice_target_id AS "voiceTargetId", has_campaign_place AS "hasCampaignPlace", steps,
  steps_done AS "stepsDone",
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
    WHERE rental_id = ? AND kind = ? AND (steps_done > 0 OR step_started_at IS NOT NULL)
      AND sequence > coalesce((SELECT max(sequence) FROM provisioning
        WHERE rental_id = ? AND kind = ? AND status = 'DONE'), 0)
    ORDER BY sequence`,
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
    'status' | 'steps' | 'stepsDone' | 'stepFailures' | 'stepStartedAt' | 'errorCodes' | 'updatedAt'
  >,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE provisioning SET status = ?, steps = ?, steps_done = ?, step_failures = ?, step_started_at = ?,
      error_codes = ?, updated_at = ?
    WHERE id = ? AND steps_done = ? AND status IN ('WAITING', 'IN_PROGRESS')`,
    after.status,
    JSON.stringify(after.steps),
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

type CampaignBound = Pick<Provisioning, 'id' | 'projectId' | 'rentalId' | 'campaignId'>;

/**
 * Lets a provisioning onto its 10DLC campaign unless that is full. Of any number at once the first get the
 * places, and never more than there are, however many processes decide at the same time.
 * @returns false when it is full.
 */
export async function takeCampaignPlace(
  db: Writer,
  provisioning: CampaignBound,
  numbersMax: number,
): Promise<boolean> {
  if ((await countOnCampaign(db, provisioning)) >= numbersMax) return false;
  if (db.dialect.forUpdate !== '') {
    await lockCampaign(db, provisioning);
    // Counted again: whoever had the lock before may have taken the last place.
    if ((await countOnCampaign(db, provisioning)) >= numbersMax) return false;
  }
  await db.run('UPDATE provisioning SET has_campaign_place = 1 WHERE id = ?', provisioning.id);
  return true;
}

/**
 * Everything on its way to a campaign, in one order for all. Of two that decide at once, one finds the
 * other's row and waits, because a provisioning is committed before anybody works on it.
 */
async function lockCampaign(db: Writer, { projectId, campaignId }: CampaignBound): Promise<void> {
  await db.all(
    `SELECT id FROM provisioning
    WHERE project_id = ? AND campaign_id = ? AND campaign_id <> '' AND status IN ('WAITING', 'IN_PROGRESS')
    ORDER BY id ${db.dialect.forUpdate}`,
    projectId,
    campaignId,
  );
}

/**
 * How many other numbers of the project are on the campaign of a provisioning, have a place on it, or are on
 * their way there since before it. Of those that wait, later ones do not count.
 */
export async function countOnCampaign(
  db: Reader,
  { id, projectId, rentalId, campaignId }: CampaignBound,
): Promise<number> {
  const row = await db.get<{ count: number }>(
    `SELECT count(*) AS count FROM (
      SELECT id FROM rental
      WHERE project_id = ? AND campaign_id = ? AND campaign_id <> '' AND ended_at IS NULL
      UNION SELECT rental_id FROM provisioning
      WHERE project_id = ? AND campaign_id = ? AND campaign_id <> ''
        AND status IN ('WAITING', 'IN_PROGRESS') AND (has_campaign_place = 1 OR id < ?)) AS other
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
    hasCampaignPlace: row.hasCampaignPlace === 1,
    steps: JSON.parse(row.steps) as ProvisioningStep[],
    errorCodes: JSON.parse(row.errorCodes) as ProvisioningErrorCode[],
  };
}
