import type { Context } from '../context.ts';
import {
  AMOUNT_MAX_MINOR,
  describeAmount,
  formatAmount,
  isCurrencyCode,
  parseAmount,
} from '../domain/money.ts';
import { CAPABILITIES, NUMBER_TYPES, type Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { isRegionCode } from '../domain/region.ts';
import { periodPriceMinor } from '../domain/rent-price.ts';
import { DomainError, type FieldViolation, invalidFields } from '../errors.ts';
import { insertPool, type NewPool } from '../store/pool.ts';
import { findProject } from '../store/project.ts';

/** Longer than ten years nobody pays in advance, and a slip of the finger is caught. */
const PAYMENT_INTERVAL_MONTHS_MAX = 120;
const QUARANTINE_DAYS_MAX = 3650;

/** A pool as an operator describes it, not yet looked at. */
export interface PoolRequest {
  /** Up to 40 lower-case letters, digits and dashes: it is typed in commands and shown in metrics. */
  name: string;
  regionCode: string;
  type: string;
  capabilities: readonly string[];
  currencyCode: string;
  /** Decimal text in the pool's currency, `0.50`. */
  setupPrice: string;
  monthlyPrice: string;
  /** Left out, 1. */
  paymentIntervalMonths?: number | undefined;
  documentationRequired?: boolean | undefined;
  /** Whether its numbers can have an emergency address; they need VOICE for that. */
  emergencyAddresses?: boolean | undefined;
  /** Left out, the table by region and type decides when a number is released. */
  quarantineDays?: number | undefined;
  /** Ids of the projects that may see it; left out, every project may. */
  visibleTo?: readonly string[] | undefined;
}

/**
 * Makes an empty pool.
 * @throws DomainError INVALID_ARGUMENT with everything that is wrong, by the names of PoolRequest;
 * ALREADY_EXISTS when the name is taken.
 */
export async function createPool(
  deps: Pick<Context, 'store' | 'clock'>,
  request: PoolRequest,
): Promise<Pool> {
  const problems = [
    ...checkWhatIsSold(request),
    ...checkPrices(request),
    ...(await checkViewers(deps, request)),
  ];
  if (problems.length > 0) throw invalidFields(problems);
  const pool = toNewPool(deps, request);
  const id = await deps.store.write((db) => insertPool(db, pool));
  if (id === undefined) {
    throw new DomainError('ALREADY_EXISTS', `There is a pool named ${pool.name} already.`);
  }
  return { ...pool, id, digitsMin: 0, digitsMax: 0 };
}

function checkWhatIsSold(request: PoolRequest): FieldViolation[] {
  const problems: FieldViolation[] = [];
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(request.name)) {
    const description = 'must be 1 to 40 lower-case letters, digits and dashes, no dash first';
    problems.push({ field: 'name', description });
  }
  if (!isRegionCode(request.regionCode)) {
    const description = `must be a region code such as US or GB, not "${request.regionCode}"`;
    problems.push({ field: 'regionCode', description });
  }
  if (!isOneOf(NUMBER_TYPES, request.type)) {
    const description = `must be one of ${NUMBER_TYPES.join(', ')}, not "${request.type}"`;
    problems.push({ field: 'type', description });
  }
  const strange = request.capabilities.find((capability) => !isOneOf(CAPABILITIES, capability));
  if (request.capabilities.length === 0 || strange !== undefined) {
    const description = `must be one or more of ${CAPABILITIES.join(', ')}, not "${strange ?? ''}"`;
    problems.push({ field: 'capabilities', description });
  }
  if (request.emergencyAddresses === true && !request.capabilities.includes('VOICE')) {
    const description = 'needs the capability VOICE: who cannot call needs no emergency address';
    problems.push({ field: 'emergencyAddresses', description });
  }
  if (!isWholeNumber(request.quarantineDays ?? 0, 0, QUARANTINE_DAYS_MAX)) {
    const description = `must be a whole number from 0 to ${QUARANTINE_DAYS_MAX}`;
    problems.push({ field: 'quarantineDays', description });
  }
  return problems;
}

function checkPrices(request: PoolRequest): FieldViolation[] {
  const { currencyCode } = request;
  const problems: FieldViolation[] = [];
  if (!isWholeNumber(request.paymentIntervalMonths ?? 1, 1, PAYMENT_INTERVAL_MONTHS_MAX)) {
    const description = `must be a whole number from 1 to ${PAYMENT_INTERVAL_MONTHS_MAX}`;
    problems.push({ field: 'paymentIntervalMonths', description });
  }
  if (!isCurrencyCode(currencyCode)) {
    const description = `must be a currency code such as USD or EUR, not "${currencyCode}"`;
    return [...problems, { field: 'currencyCode', description }];
  }
  for (const field of ['setupPrice', 'monthlyPrice'] as const) {
    const minor = parseAmount(request[field], currencyCode);
    if (minor !== undefined && minor <= AMOUNT_MAX_MINOR) continue;
    const description = `${describeAmount(currencyCode, 0)}, not "${request[field]}"`;
    problems.push({ field, description });
  }
  if (problems.length > 0) return problems;
  return checkPeriodPrice(request);
}

/** What is charged at once is an amount as any other. Of a request whose prices were checked. */
function checkPeriodPrice(request: PoolRequest): FieldViolation[] {
  const { currencyCode } = request;
  const { monthlyPriceMinor, paymentIntervalMonths } = toPrices(request);
  const periodMinor = periodPriceMinor({ monthlyPriceMinor, paymentIntervalMonths });
  if (periodMinor <= AMOUNT_MAX_MINOR) return [];
  const most = formatAmount(AMOUNT_MAX_MINOR, currencyCode);
  const description = `must be at most ${most} ${currencyCode} for the ${paymentIntervalMonths} months that are charged together`;
  return [{ field: 'monthlyPrice', description }];
}

/** Projects are never deleted, so what is found here is still there at the write. */
async function checkViewers(
  deps: Pick<Context, 'store'>,
  { visibleTo = [] }: PoolRequest,
): Promise<FieldViolation[]> {
  const projects = await deps.store.read((db) =>
    Promise.all(visibleTo.map((id) => findProject(db, id))),
  );
  return visibleTo
    .filter((_, i) => projects[i] === undefined)
    .map((id) => ({ field: 'visibleTo', description: `there is no project "${id}"` }));
}

/** Of a request that was checked. */
function toNewPool(deps: Pick<Context, 'clock'>, request: PoolRequest): NewPool {
  const { name, regionCode, currencyCode } = request;
  return {
    name,
    regionCode,
    type: request.type as Pool['type'],
    capabilities: CAPABILITIES.filter((capability) => request.capabilities.includes(capability)),
    currencyCode,
    ...toPrices(request),
    documentationRequired: request.documentationRequired ?? false,
    emergencyAddresses: request.emergencyAddresses ?? false,
    quarantineDays: request.quarantineDays,
    visibleTo: request.visibleTo && new Set(request.visibleTo as readonly ProjectId[]),
    createdAt: deps.clock.now(),
  };
}

/** Of a request that was checked. */
function toPrices({ currencyCode, setupPrice, monthlyPrice, ...request }: PoolRequest) {
  return {
    setupPriceMinor: parseAmount(setupPrice, currencyCode) as number,
    monthlyPriceMinor: parseAmount(monthlyPrice, currencyCode) as number,
    paymentIntervalMonths: request.paymentIntervalMonths ?? 1,
  };
}

function isOneOf(choices: readonly string[], text: string): boolean {
  return choices.includes(text);
}

function isWholeNumber(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
