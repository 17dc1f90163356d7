import type { Context } from '../context.ts';
import type { NumberState } from '../domain/number-state.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { deleteHold, findHold } from '../store/hold.ts';
import {
  claimAvailableNumber,
  findNumber,
  lockNumber,
  lockNumberFor,
  moveNumber,
  type StockNumber,
} from '../store/number.ts';
import type { Reader, Writer } from '../store/store.ts';
import { endHoldIfOver } from './end-hold.ts';

/**
 * Takes a number that is available, or set aside for this project: held, or in quarantine after its own rental.
 * @param orderId the order that takes it. What an order holds is for that order only.
 */
export async function takeNumber(
  context: Pick<Context, 'clock' | 'ids'>,
  db: Writer,
  projectId: ProjectId,
  e164: E164,
  orderId: string | null = null,
): Promise<{ poolId: PoolId; from: NumberState } | undefined> {
  const poolId = await claimAvailableNumber(db, projectId, e164);
  if (poolId !== undefined) return { poolId, from: 'AVAILABLE' };
  if (orderId !== null) await lockNumber(db, e164);
  else if (!(await lockNumberFor(db, projectId, e164, context.clock.now()))) return undefined;
  if (await endHoldIfOver(context, db, e164)) {
    const freed = await claimAvailableNumber(db, projectId, e164);
    return freed && { poolId: freed, from: 'AVAILABLE' };
  }
  const number = await findNumber(db, e164);
  const now = context.clock.now();
  if (number === undefined || !(await isReservedFor(db, projectId, number, now, orderId))) {
    return undefined;
  }
  if (number.state === 'HELD') await deleteHold(db, projectId, e164);
  await moveNumber(db, e164, number.state, 'ACTIVE', { projectId, until: null });
  return { poolId: number.poolId, from: number.state };
}

/**
 * Whether a number is out of sale, but not for this project. A quarantine without an end waits for the platforms of
 * the last holder, and nobody has the number until they are done with it.
 */
export async function isReservedFor(
  db: Reader,
  projectId: ProjectId,
  { e164, state, holderProjectId, stateUntil }: StockNumber,
  now: Timestamp,
  orderId: string | null = null,
): Promise<boolean> {
  if (holderProjectId !== projectId || stateUntil === null) return false;
  if (state === 'QUARANTINED') return true;
  const hold = state === 'HELD' ? await findHold(db, projectId, e164, now) : undefined;
  return hold !== undefined && hold.orderId === orderId;
}
