import type { E164 } from '../domain/phone-number.ts';
import {
  type Capability,
  fromCapabilityBits,
  type NumberType,
  type PoolId,
  toCapabilityBits,
} from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { SmsLink, VoiceLink, VoiceType } from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Dialect } from './dialect.ts';
import type { Reader, Writer } from './store.ts';

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

export interface RentalRow extends Omit<Rental, 'capabilities' | 'sms' | 'voice' | 'deletionLock'> {
  deletionLock: 0 | 1;
  capabilityBits: number;
  servicePlanId: string;
  campaignId: string;
  voiceType: VoiceType;
  voiceTargetId: string;
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
