import type { E164 } from '../domain/phone-number.ts';
import {
  type Capability,
  fromCapabilityBits,
  type NumberType,
  type PoolId,
  toCapabilityBits,
} from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type {
  ProvisioningErrorCode,
  SmsLink,
  VoiceLink,
  VoiceType,
} from '../domain/provisioning.ts';
import type { SearchPattern } from '../domain/search-pattern.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Dialect } from './dialect.ts';
import type { ProvisioningStatus } from './provisioning.ts';
import type { Reader, SqlValue, Writer } from './store.ts';

/** One project's rent of one number. The price is what the pool asked when it was rented. */
export interface Rental {
  id: string;
  e164: E164;
  projectId: ProjectId;
  poolId: PoolId;
  regionCode: string;
  type: NumberType;
  capabilities: Capability[];
  currencyCode: string;
  setupPriceMinor: number;
  monthlyPriceMinor: number;
  paymentIntervalMonths: number;
  displayName: string;
  /** Empty: none. */
  callbackUrl: string;
  sms: SmsLink;
  voice: VoiceLink;
  rentedAt: Timestamp;
  /** How many periods have been charged; the next begins at `nextChargeAt`. */
  periodsCharged: number;
  nextChargeAt: Timestamp;
  /** When the rental ends: it was released, or is unpaid. */
  expireAt: Timestamp | null;
  /** When it ended; then it is history. */
  endedAt: Timestamp | null;
  /** Until it is taken off, the rental cannot be released. */
  deletionLock: boolean;
  /** Since when its account does not cover the next period; then `expireAt` is when it ends for that. */
  unpaidSince: Timestamp | null;
  /** When an unpaid rental is to be suspended. */
  suspendAt: Timestamp | null;
  /** When that was done: from then on its platforms have been asked to leave it, until they have. */
  suspendedAt: Timestamp | null;
}

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

export const RENTAL_COLUMNS = `rental.id, rental.e164, rental.project_id AS "projectId",
  rental.pool_id AS "poolId", rental.region_code AS "regionCode", rental.type,
  rental.capability_bits AS "capabilityBits", rental.currency_code AS "currencyCode",
  rental.setup_price_minor AS "setupPriceMinor", rental.monthly_price_minor AS "monthlyPriceMinor",
  rental.payment_interval_months AS "paymentIntervalMonths", rental.display_name AS "displayName",
  rental.callback_url AS "callbackUrl", rental.service_plan_id AS "servicePlanId",
  rental.campaign_id AS "campaignId", rental.voice_type AS "voiceType",
  rental.voice_target_id AS "voiceTargetId", rental.rented_at AS "rentedAt",
  rental.periods_charged AS "periodsCharged", rental.next_charge_at AS "nextChargeAt",
  rental.expire_at AS "expireAt", rental.ended_at AS "endedAt", rental.deletion_lock AS "deletionLock",
  rental.unpaid_since AS "unpaidSince", rental.suspend_at AS "suspendAt", rental.suspended_at AS "suspendedAt"`;

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

export interface RentalRow extends Omit<Rental, 'capabilities' | 'sms' | 'voice' | 'deletionLock'> {
  deletionLock: 0 | 1;
  capabilityBits: number;
  servicePlanId: string;
  campaignId: string;
  voiceType: VoiceType;
  voiceTargetId: string;
}

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

/** @throws a unique violation when the number has a current rental: the backstop of the rent race. */
export async function insertRental(db: Writer, rental: Rental): Promise<void> {
  await db.run(
    `INSERT INTO rental (id, e164, project_id, pool_id, region_code, type, capability_bits, currency_code,
      setup_price_minor, monthly_price_minor, payment_interval_months, display_name, callback_url,
      service_plan_id, campaign_id, voice_type, voice_target_id, rented_at, periods_charged,
      next_charge_at, expire_at, ended_at, deletion_lock)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    rental.id,
    rental.e164,
    rental.projectId,
    rental.poolId,
    rental.regionCode,
    rental.type,
    toCapabilityBits(rental.capabilities),
    rental.currencyCode,
    rental.setupPriceMinor,
    rental.monthlyPriceMinor,
    rental.paymentIntervalMonths,
    rental.displayName,
    rental.callbackUrl,
    rental.sms.servicePlanId,
    rental.sms.campaignId,
    rental.voice.type,
    rental.voice.targetId,
    rental.rentedAt,
    rental.periodsCharged,
    rental.nextChargeAt,
    rental.expireAt,
    rental.endedAt,
    rental.deletionLock ? 1 : 0,
  );
}

/** Whether an insert failed because the number has a current rental. */
export function isRentedAlready(dialect: Dialect, error: unknown): boolean {
  return dialect.isUniqueViolation(error, 'rental_current', 'rental.e164');
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

/** Changes what the project itself may change. */
export async function updateRentalLabels(
  db: Writer,
  rental: Pick<Rental, 'id' | 'projectId' | 'displayName' | 'callbackUrl' | 'deletionLock'>,
): Promise<void> {
  await db.run(
    'UPDATE rental SET display_name = ?, callback_url = ?, deletion_lock = ? WHERE id = ? AND project_id = ?',
    rental.displayName,
    rental.callbackUrl,
    rental.deletionLock ? 1 : 0,
    rental.id,
    rental.projectId,
  );
}

/** A rental by its id, ended or not, for work that goes on after its end. */
export async function findRental(db: Reader, id: string): Promise<Rental | undefined> {
  const row = await db.get<RentalRow>(`SELECT ${RENTAL_COLUMNS} FROM rental WHERE id = ?`, id);
  return row && toRental(row);
}

export async function updateSmsLink(db: Writer, rentalId: string, sms: SmsLink): Promise<void> {
  await db.run(
    'UPDATE rental SET service_plan_id = ?, campaign_id = ? WHERE id = ?',
    sms.servicePlanId,
    sms.campaignId,
    rentalId,
  );
}

export async function updateVoiceLink(
  db: Writer,
  rentalId: string,
  voice: VoiceLink,
): Promise<void> {
  await db.run(
    'UPDATE rental SET voice_type = ?, voice_target_id = ? WHERE id = ?',
    voice.type,
    voice.targetId,
    rentalId,
  );
}

/** Lets a rental end with its paid period. @returns false when it has been released before. */
export async function releaseRental(
  db: Writer,
  projectId: ProjectId,
  rentalId: string,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET expire_at = next_charge_at
    WHERE id = ? AND project_id = ? AND expire_at IS NULL AND ended_at IS NULL`,
    rentalId,
    projectId,
  );
  return changed === 1;
}

/**
 * Takes a release back. One from dunning is none of these: it was at an end that no paid period has, and whoever's clock
 * is behind must not begin dunning anew.
 * @returns false when the rental has ended, or its paid period is over.
 */
export async function undoReleaseOfRental(
  db: Writer,
  projectId: ProjectId,
  rentalId: string,
  now: Timestamp,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE rental SET expire_at = NULL
    WHERE id = ? AND project_id = ? AND expire_at > ? AND expire_at = next_charge_at AND ended_at IS NULL`,
    rentalId,
    projectId,
    now,
  );
  return changed === 1;
}

export function toRental(row: RentalRow): Rental {
  const { capabilityBits, servicePlanId, campaignId, voiceType, voiceTargetId, ...rest } = row;
  return {
    ...rest,
    deletionLock: row.deletionLock === 1,
    capabilities: fromCapabilityBits(capabilityBits),
    sms: { servicePlanId, campaignId },
    voice: { type: voiceType, targetId: voiceTargetId },
  };
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
