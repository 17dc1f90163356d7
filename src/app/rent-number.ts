import type { Context } from '../context.ts';
import { periodStart } from '../domain/billing-calendar.ts';
import type { NumberState } from '../domain/number-state.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Capability, Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { isOfRents } from '../domain/project-limit.ts';
import {
  type SmsLink,
  UNLINKED_SMS,
  UNLINKED_VOICE,
  type VoiceLink,
} from '../domain/provisioning.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { DomainError, invalidField, resourceNotFound } from '../errors.ts';
import { type Charge, insertCharge } from '../store/charge.ts';
import { type ActiveNumber, findActiveNumber } from '../store/active-number.ts';
import { insertRental, isRentedAlready, type Rental } from '../store/rental.ts';
import type { Writer } from '../store/store.ts';
import { assertRentableDirectly } from './assert-rentable-directly.ts';
import type { Caller } from './caller.ts';
import { debitRent } from './debit-rent.ts';
import { getPoolOfNumber, type Pools } from './pool-catalog.ts';
import { recordHistory } from './record-event.ts';
import { lockRentRoom, type RentRoom } from './rent-room.ts';
import { scheduleSms, scheduleVoice } from './schedule-provisioning.ts';
import { takeNumber } from './take-number.ts';

/** What a rented number is to be connected to; each part may be left out. */
export interface RentRequest {
  sms?: SmsLink | undefined;
  voice?: VoiceLink | undefined;
  callbackUrl?: string | undefined;
}

/**
 * Rents a number: one conditional update decides who of several callers gets it.
 * @throws DomainError NOT_FOUND when it is not available to this project, which it is told when it has the
 * number itself; INVALID_ARGUMENT when the configuration does not fit the number.
 */
export async function rentNumber(
  context: Context,
  caller: Caller,
  e164: E164,
  request: RentRequest,
): Promise<ActiveNumber> {
  const number = await tryRentNumber(context, caller, e164, request);
  if (number !== undefined) return number;
  throw await explainUnavailable(context, caller.projectId, e164);
}

/** Why a number is not this project's to rent. */
export async function explainUnavailable(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<DomainError> {
  const own = await context.store.read((db) => findActiveNumber(db, projectId, e164));
  return own === undefined ? numberNotAvailable(e164) : rentedAlready(projectId, e164);
}

/** As `rentNumber`, for a caller that has other numbers to try. @returns `undefined` when somebody else has it. */
export async function tryRentNumber(
  context: Context,
  caller: Caller,
  e164: E164,
  request: RentRequest,
): Promise<ActiveNumber | undefined> {
  const basis = await readRentBasis(context, caller.projectId);
  try {
    const number = await context.store.write((db) =>
      rentInWrite(context, db, basis, caller, e164, request),
    );
    context.jobsOrdered.raise();
    return number;
  } catch (error) {
    // The number's state said AVAILABLE, but its current rental stands in the unique index: it is rented.
    if (isRentedAlready(context.store.dialect, error)) return undefined;
    throw error;
  }
}

/** What a rent has to know before its write begins. */
export interface RentBasis {
  pools: Pools;
  /** Whether there is anything that the project may have or spend no more of. */
  isLimited: boolean;
  /** Whether numbers that require documents are rented by number orders only. */
  numberOrdersRequired: boolean;
  /** Whether it had an account a moment ago; without one a rent has nothing to look for. */
  hasAccount: boolean;
  /** What many rents of one write share; absent: this one counts for itself. */
  room?: RentRoom | undefined;
}

export async function readRentBasis(
  context: Pick<Context, 'pools' | 'limits' | 'accounts'> & {
    config: Pick<Context['config'], 'numberOrder'>;
  },
  projectId: ProjectId,
): Promise<RentBasis> {
  return {
    numberOrdersRequired: context.config.numberOrder.isRequired,
    pools: await context.pools.current(),
    isLimited: (await context.limits.of(projectId)).some(isOfRents),
    hasAccount: (await context.accounts.of(projectId)).length > 0,
  };
}

/**
 * The same, as a part of a larger write. @returns `undefined`, with nothing written, when the number is not this
 * project's to rent.
 * @param orderId the order that holds the number; null: it is held by none.
 */
export async function rentInWrite(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  { pools, numberOrdersRequired, isLimited, hasAccount, room: shared }: RentBasis,
  caller: Caller,
  e164: E164,
  request: RentRequest,
  orderId: string | null = null,
): Promise<ActiveNumber | undefined> {
  const taken = await takeNumber(context, db, caller.projectId, e164, orderId);
  if (taken === undefined) return undefined;
  const pool = await getPoolOfNumber(pools, db, taken.poolId);
  if (orderId === null) assertRentableDirectly(numberOrdersRequired, e164, pool);
  const room = isLimited
    ? (shared ?? (await lockRentRoom(context, db, caller.projectId)))
    : undefined;
  await room?.assertFor(pool);
  const payment = hasAccount ? 'ACCOUNT' : 'LATER';
  const rented = await startRental(context, db, caller, e164, pool, request, taken.from, payment);
  room?.take(pool);
  return rented;
}

export function numberNotAvailable(e164: string): DomainError {
  return resourceNotFound('AvailableNumber', e164);
}

/** Only for the project that rents it: to others it is not available, and nothing more is said. */
function rentedAlready(projectId: ProjectId, e164: E164): DomainError {
  return new DomainError('NOT_FOUND', '', {
    details: [
      {
        type: 'ResourceInfo',
        resourceType: 'AvailableNumber',
        resourceName: e164,
        owner: projectId,
        description: 'This project rents the number already.',
      },
    ],
  });
}

/**
 * A configuration that the number has no use for is an error; one that only unlinks is none.
 * @throws DomainError INVALID_ARGUMENT
 */
export function assertCapable(
  request: Pick<RentRequest, 'voice'> & { sms?: Pick<SmsLink, 'servicePlanId'> | undefined },
  { capabilities }: Pick<Pool, 'capabilities'>,
): void {
  if (request.sms !== undefined && request.sms.servicePlanId !== '') {
    if (!capabilities.includes('SMS')) throw incapable('smsConfiguration', 'SMS');
  }
  if (request.voice !== undefined && request.voice.targetId !== '') {
    if (!capabilities.includes('VOICE')) throw incapable('voiceConfiguration', 'VOICE');
  }
}

function incapable(field: string, capability: Capability): DomainError {
  return invalidField(field, `This number does not have the capability ${capability}.`);
}

/** 10DLC campaigns are for local numbers of the United States. */
export function assertCampaignFits(
  campaignId: string,
  number: Pick<Pool, 'regionCode' | 'type'>,
): void {
  if (campaignId !== '' && !(number.regionCode === 'US' && number.type === 'LOCAL')) {
    throw invalidField(
      'smsConfiguration.campaignId',
      `A campaign applies to US LOCAL numbers only; this number is ${number.regionCode} ${number.type}.`,
    );
  }
}

/**
 * Who sees to it that the beginning of a rental is paid. ACCOUNT: the project's account, if it has one, in passing;
 * TOGETHER: the account too, from which the caller takes the sum of many rentals; LATER: nobody yet.
 */
export type Payment = 'ACCOUNT' | 'TOGETHER' | 'LATER';

/** Begins the rental of a number that the caller has taken, at the prices of `pool`. */
export async function startRental(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  caller: Caller,
  e164: E164,
  pool: Pool,
  request: RentRequest,
  from: NumberState,
  payment: Payment,
): Promise<ActiveNumber | undefined> {
  assertCapable(request, pool);
  if (request.sms !== undefined) assertCampaignFits(request.sms.campaignId, pool);
  const now = context.clock.now();
  const rental: Rental = {
    id: context.ids.ulid(),
    e164,
    projectId: caller.projectId,
    poolId: pool.id,
    regionCode: pool.regionCode,
    type: pool.type,
    capabilities: pool.capabilities,
    currencyCode: pool.currencyCode,
    setupPriceMinor: pool.setupPriceMinor,
    monthlyPriceMinor: pool.monthlyPriceMinor,
    paymentIntervalMonths: pool.paymentIntervalMonths,
    displayName: '',
    callbackUrl: request.callbackUrl ?? '',
    sms: UNLINKED_SMS,
    voice: UNLINKED_VOICE,
    rentedAt: now,
    periodsCharged: 1,
    nextChargeAt: periodStart(now, 1, pool.paymentIntervalMonths),
    expireAt: null,
    endedAt: null,
    deletionLock: false,
    unpaidSince: null,
    suspendAt: null,
    suspendedAt: null,
  };
  await insertRental(db, rental);
  await chargeRent(context, db, rental, now, payment);
  const details = {
    from,
    to: 'ACTIVE',
    pool: pool.name,
    currencyCode: pool.currencyCode,
    setupPriceMinor: pool.setupPriceMinor,
    monthlyPriceMinor: pool.monthlyPriceMinor,
  };
  await recordHistory(context, db, rental, 'RENTED', caller, details, now);
  if (request.sms !== undefined) await scheduleSms(context, db, rental, request.sms, now);
  if (request.voice !== undefined) await scheduleVoice(context, db, rental, request.voice, now);
  // Nothing is being provisioned: the rental is all there is to show, and need not be read again.
  if (request.sms === undefined && request.voice === undefined) {
    return { ...rental, scheduledSms: undefined, scheduledVoice: undefined };
  }
  return findActiveNumber(db, caller.projectId, e164);
}

/** The setup price, where there is one, and the first period in advance. */
async function chargeRent(
  context: Pick<Context, 'ids'>,
  db: Writer,
  rental: Rental,
  now: Timestamp,
  payment: Payment,
): Promise<void> {
  const line = {
    projectId: rental.projectId,
    rentalId: rental.id,
    e164: rental.e164,
    period: 0,
    periodStart: rental.rentedAt,
    periodEnd: rental.nextChargeAt,
    currencyCode: rental.currencyCode,
    createdAt: now,
  };
  const charges: Charge[] = [];
  if (rental.setupPriceMinor > 0) {
    charges.push({
      ...line,
      id: context.ids.ulid(),
      kind: 'SETUP',
      amountMinor: rental.setupPriceMinor,
    });
  }
  charges.push({
    ...line,
    id: context.ids.ulid(),
    kind: 'PERIOD',
    amountMinor: periodPriceMinor(rental),
  });
  const { projectId, currencyCode } = rental;
  const totalMinor = charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const isPrepaid =
    payment === 'ACCOUNT'
      ? await debitRent(db, projectId, currencyCode, totalMinor)
      : payment === 'TOGETHER';
  await insertCharge(db, isPrepaid, ...charges);
}
