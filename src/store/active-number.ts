import { type Capability, type NumberType, toCapabilityBits } from '../domain/pool.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type {
  ProvisioningErrorCode,
  SmsLink,
  VoiceLink,
  VoiceType,
} from '../domain/provisioning.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { ProvisioningStatus } from './provisioning.ts';
import { type Rental, RENTAL_COLUMNS, type RentalRow, toRental } from './rental.ts';
import type { Reader, SqlValue } from './store.ts';

/** A provisioning of a rental that is under way or has failed. */
interface Scheduled {
  status: Extract<ProvisioningStatus, 'WAITING' | 'IN_PROGRESS' | 'FAILED'>;
  updatedAt: Timestamp;
}

/** A current rental as the API shows it: with what is being provisioned. */
export interface ActiveNumber extends Rental {
  scheduledSms: (Scheduled & SmsLink & { errorCodes: ProvisioningErrorCode[] }) | undefined;
  scheduledVoice: (Scheduled & VoiceLink) | undefined;
}

const ACTIVE_NUMBER_COLUMNS = `${RENTAL_COLUMNS},
  sms.status AS "smsStatus", sms.updated_at AS "smsUpdatedAt",
  sms.service_plan_id AS "smsServicePlanId", sms.campaign_id AS "smsCampaignId",
  sms.error_codes AS "smsErrorCodes", voice.status AS "voiceStatus",
  voice.updated_at AS "voiceUpdatedAt", voice.voice_type AS "scheduledVoiceType",
  voice.voice_target_id AS "scheduledVoiceTargetId"`;

const ACTIVE_NUMBER_TABLES = `rental
  LEFT JOIN provisioning AS sms ON sms.rental_id = rental.id AND sms.kind = 'SMS'
    AND sms.status IN ('WAITING', 'IN_PROGRESS', 'FAILED')
  LEFT JOIN provisioning AS voice ON voice.rental_id = rental.id AND voice.kind = 'VOICE'
    AND voice.status IN ('WAITING', 'IN_PROGRESS', 'FAILED')`;

interface ActiveNumberRow extends RentalRow {
  smsStatus: Scheduled['status'] | null;
  smsUpdatedAt: Timestamp;
  smsServicePlanId: string;
  smsCampaignId: string;
  smsErrorCodes: string;
  voiceStatus: Scheduled['status'] | null;
  voiceUpdatedAt: Timestamp;
  scheduledVoiceType: VoiceType;
  scheduledVoiceTargetId: string;
}

/** A project's current rental of a number, with what is being provisioned. */
export async function findActiveNumber(
  db: Reader,
  projectId: ProjectId,
  e164: E164,
): Promise<ActiveNumber | undefined> {
  const row = await db.get<ActiveNumberRow>(
    `SELECT ${ACTIVE_NUMBER_COLUMNS} FROM ${ACTIVE_NUMBER_TABLES}
    WHERE rental.project_id = ? AND rental.e164 = ? AND rental.ended_at IS NULL`,
    projectId,
    e164,
  );
  return row && toActiveNumber(row);
}

export interface ActiveNumberFilter {
  regionCode?: string | undefined;
  type?: NumberType | undefined;
  pattern?: SearchPattern | undefined;
  /** The numbers must have all of these. */
  capabilities?: readonly Capability[] | undefined;
}

export type ActiveNumberOrder = 'phoneNumber' | 'displayName';

/** Where a page ends: the next one begins behind it. `displayName` counts only in that order. */
export interface ActiveNumberCursor {
  e164: string;
  displayName: string;
}

/** Up to `limit` active numbers of a project behind a cursor. */
export async function listActiveNumbers(
  db: Reader,
  projectId: ProjectId,
  filter: ActiveNumberFilter,
  order: ActiveNumberOrder,
  after: ActiveNumberCursor | undefined,
  limit: number,
): Promise<ActiveNumber[]> {
  const where = filterConditions(projectId, filter);
  if (after !== undefined && order === 'phoneNumber') {
    where.add('rental.e164 > ?', after.e164);
  } else if (after !== undefined) {
    where.add('(rental.display_name, rental.e164) > (?, ?)', after.displayName, after.e164);
  }
  const orderBy = order === 'phoneNumber' ? 'rental.e164' : 'rental.display_name, rental.e164';
  const rows = await db.all<ActiveNumberRow>(
    `SELECT ${ACTIVE_NUMBER_COLUMNS} FROM ${ACTIVE_NUMBER_TABLES}
    WHERE ${where.sql} ORDER BY ${orderBy} LIMIT ?`,
    ...where.values,
    limit,
  );
  return rows.map(toActiveNumber);
}

/** How many active numbers of a project pass the filter, over all pages. */
export async function countActiveNumbers(
  db: Reader,
  projectId: ProjectId,
  filter: ActiveNumberFilter,
): Promise<number> {
  const where = filterConditions(projectId, filter);
  const row = await db.get<{ count: number }>(
    `SELECT count(*) AS count FROM rental WHERE ${where.sql}`,
    ...where.values,
  );
  return row?.count ?? 0;
}

class Conditions {
  readonly #parts: string[] = [];
  readonly values: SqlValue[] = [];

  add(part: string, ...values: SqlValue[]): void {
    this.#parts.push(part);
    this.values.push(...values);
  }

  get sql(): string {
    return this.#parts.join(' AND ');
  }
}

function filterConditions(projectId: ProjectId, filter: ActiveNumberFilter): Conditions {
  const where = new Conditions();
  where.add('rental.project_id = ? AND rental.ended_at IS NULL', projectId);
  if (filter.regionCode !== undefined) where.add('rental.region_code = ?', filter.regionCode);
  if (filter.type !== undefined) where.add('rental.type = ?', filter.type);
  if (filter.capabilities !== undefined && filter.capabilities.length > 0) {
    const bits = toCapabilityBits(filter.capabilities);
    where.add('(rental.capability_bits & ?) = ?', bits, bits);
  }
  if (filter.pattern !== undefined) where.add('rental.e164 LIKE ?', toLike(filter.pattern));
  if (filter.pattern?.position === 'START') {
    const [literal = ''] = filter.pattern.digits.split('*', 1);
    where.add('rental.e164 >= ? AND rental.e164 < ?', literal, `${literal}:`);
  }
  return where;
}

/** A pattern has digits, stars and perhaps a plus in front. A star is no plus, so that stands there by itself. */
function toLike({ position, digits }: SearchPattern): string {
  const like = digits.replaceAll('*', '_');
  if (position === 'START') return like.startsWith('+') ? `${like}%` : '';
  const plus = like.startsWith('+') ? '' : '+%';
  return position === 'END' ? plus + like : `${plus}${like}%`;
}

function toActiveNumber(row: ActiveNumberRow): ActiveNumber {
  return {
    ...toRental(row),
    scheduledSms:
      row.smsStatus === null
        ? undefined
        : {
            status: row.smsStatus,
            updatedAt: row.smsUpdatedAt,
            servicePlanId: row.smsServicePlanId,
            campaignId: row.smsCampaignId,
            errorCodes: JSON.parse(row.smsErrorCodes) as ProvisioningErrorCode[],
          },
    scheduledVoice:
      row.voiceStatus === null
        ? undefined
        : {
            status: row.voiceStatus,
            updatedAt: row.voiceUpdatedAt,
            type: row.scheduledVoiceType,
            targetId: row.scheduledVoiceTargetId,
          },
  };
}
