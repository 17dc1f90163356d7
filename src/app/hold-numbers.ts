import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { Pool, PoolId } from '../domain/pool.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import { DomainError, invalidField } from '../errors.ts';
import { claimHold, findHold, type Hold, type NewHold } from '../store/hold.ts';
import { lockNumberFor } from '../store/number.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { endHoldIfOver } from './end-hold.ts';
import { assertTtlAllowed, assertWithinHoldsLimit, readHoldBasis } from './hold-limits.ts';
import { getPoolOfNumber, type Pools } from './pool-catalog.ts';
import { recordHoldEvent } from './record-hold-event.ts';

/** A hold with the pool that tells what its number costs. The price is that of the day on which it is rented. */
export interface HeldNumber extends Hold {
  pool: Pool;
}

/** For how long numbers are held, and for whom. */
export interface HoldTerms {
  expireAt: Timestamp;
  /** The order that alone may go on with them; `null`: the project itself. */
  orderId: string | null;
}

/**
 * Sets numbers aside for a project, all of them or none. Those that it holds already stay as they are, so that it may
 * be repeated.
 * @returns them in the order of the request.
 * @throws DomainError NOT_FOUND that names each number that cannot be held, FAILED_PRECONDITION when they are more than
 * the project may hold, INVALID_ARGUMENT when the request asks for more than any may.
 */
export async function holdNumbers(
  context: Context,
  caller: Caller,
  e164s: readonly E164[],
  ttlMs: number | undefined,
): Promise<HeldNumber[]> {
  const { hold: policy } = context.config;
  assertTtlAllowed(policy, ttlMs);
  if (e164s.length > policy.numbersPerRequestMax) {
    throw invalidField('phoneNumbers', `must have at most ${policy.numbersPerRequestMax} values.`);
  }
  const basis = await readHoldBasis(context, caller.projectId);
  return context.store.write(async (db) => {
    const expireAt = addMilliseconds(context.clock.now(), ttlMs ?? policy.ttlMs);
    const terms = { expireAt, orderId: null };
    const outcome = await holdInWrite(context, db, basis.pools, caller, e164s, terms);
    if (outcome.refused.length > 0) throw cannotBeHeld(e164s, outcome.refused);
    await assertWithinHoldsLimit(context, db, basis, caller.projectId, outcome.taken);
    const held = [...outcome.taken, ...outcome.kept];
    const byNumber = new Map(held.map((number) => [number.e164, number]));
    return e164s.flatMap((e164) => byNumber.get(e164) ?? []);
  });
}

/** What came of holding numbers, each list in the order of their digits. */
interface HoldOutcome {
  taken: HeldNumber[];
  /** Held before on the same terms; they stay as they are. */
  kept: HeldNumber[];
  /** Not on sale to this project. Who wants all or nothing throws, and nothing was written. */
  refused: E164[];
}

/**
 * Holds numbers as a part of a larger write. They are locked in the order of their digits; what the write locks
 * besides numbers it locks behind them.
 * @param countMax stops when so many are taken: for callers that have some to spare.
 */
export async function holdInWrite(
  context: Context,
  db: Writer,
  pools: Pools,
  caller: Caller,
  e164s: readonly E164[],
  { expireAt, orderId }: HoldTerms,
  countMax = Number.POSITIVE_INFINITY,
): Promise<HoldOutcome> {
  const { projectId } = caller;
  const heldAt = context.clock.now();
  const outcome: HoldOutcome = { taken: [], kept: [], refused: [] };
  for (const e164 of e164s.toSorted()) {
    if (outcome.taken.length === countMax) break;
    const wanted = { e164, projectId, orderId, heldAt, expireAt };
    const poolId = await claimOrTakeOver(context, db, wanted);
    if (poolId !== undefined) {
      const pool = await getPoolOfNumber(pools, db, poolId);
      const details = { from: 'AVAILABLE', to: 'HELD', pool: pool.name, expireAt };
      await recordHoldEvent(context, db, wanted, 'HELD', caller, details, heldAt);
      outcome.taken.push({ ...wanted, ownExpireAt: null, poolId, pool });
      continue;
    }
    const present = await findHold(db, projectId, e164, context.clock.now());
    if (present === undefined || present.orderId !== orderId) {
      outcome.refused.push(e164);
    } else {
      outcome.kept.push({ ...present, pool: await getPoolOfNumber(pools, db, present.poolId) });
    }
  }
  return outcome;
}

/** Nobody waits for the worker to put a number back whose hold is over. */
async function claimOrTakeOver(
  context: Context,
  db: Writer,
  wanted: NewHold,
): Promise<PoolId | undefined> {
  const poolId = await claimHold(db, wanted);
  if (poolId !== undefined) return poolId;
  const now = context.clock.now();
  if (!(await lockNumberFor(db, wanted.projectId, wanted.e164, now))) return undefined;
  return (await endHoldIfOver(context, db, wanted.e164)) ? claimHold(db, wanted) : undefined;
}

/** The same for a number that others have and for one that there is not. */
function cannotBeHeld(wanted: readonly E164[], refused: readonly E164[]): DomainError {
  const message = `Nothing was held: ${refused.length} of the ${wanted.length} numbers cannot be.`;
  return new DomainError('NOT_FOUND', message, {
    details: refused.map((resourceName) => ({
      type: 'ResourceInfo',
      resourceType: 'AvailableNumber',
      resourceName,
      owner: '',
      description: 'It is not available.',
    })),
  });
}
