import type { Context } from '../context.ts';
import type { NumberState } from '../domain/number-state.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import {
  claimAvailableNumber,
  findNumber,
  lockNumber,
  moveNumber,
  type StockNumber,
} from '../store/number.ts';
import type { Writer } from '../store/store.ts';

/** Takes a number that is available, or set aside for this project: held, or in quarantine after its own rental. */
export async function takeNumber(
  context: Context,
  db: Writer,
  projectId: ProjectId,
  e164: E164,
): Promise<{ poolId: PoolId; from: NumberState } | undefined> {
  const poolId = await claimAvailableNumber(db, projectId, e164);
  if (poolId !== undefined) return { poolId, from: 'AVAILABLE' };
  await lockNumber(db, e164);
  const number = await findNumber(db, e164);
  if (number === undefined || !isReservedFor(projectId, number, context.clock.now()))
    return undefined;
  await moveNumber(db, e164, number.state, 'ACTIVE', { projectId, until: null });
  return { poolId: number.poolId, from: number.state };
}

/**
 * Whether a number is out of sale, but not for this project. A quarantine without an end waits for the platforms of
 * the last holder, and nobody has the number until they are done with it.
 */
export function isReservedFor(
  projectId: ProjectId,
  { state, holderProjectId, stateUntil }: StockNumber,
  now: Timestamp,
): boolean {
  if (holderProjectId !== projectId || stateUntil === null) return false;
  return state === 'QUARANTINED' || (state === 'HELD' && now < stateUntil);
}
