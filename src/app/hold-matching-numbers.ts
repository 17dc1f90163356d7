import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { DomainError, invalidField, resourceNotFound } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { WantedNumbers } from './find-rent-candidates.ts';
import { assertTtlAllowed, assertWithinHoldsLimit, readHoldBasis } from './hold-limits.ts';
import { type HeldNumber, holdInWrite } from './hold-numbers.ts';
import { findBlocks, searchAvailableNumbers } from './search-available-numbers.ts';

/** Numbers that a search brings beyond those that are wanted, so that a few lost races cost no further search. */
const CANDIDATES_TO_SPARE = 8;
/** Blocks that a search brings, for the same reason. */
const BLOCK_CANDIDATES = 4;
/** Losing this many searches in a row means that the last numbers are fought over: then the client may retry. */
export const SEARCHES_MAX = 25;

/**
 * Sets numbers aside that match, as many as are wanted or none. Where others are faster it searches again.
 * @returns them in the order of their digits.
 * @throws DomainError as `holdNumbers` does; NOT_FOUND when fewer match, UNAVAILABLE when others were always faster.
 */
export async function holdMatchingNumbers(
  context: Context,
  caller: Caller,
  wanted: WantedNumbers & { quantity: number },
  ttlMs: number | undefined,
): Promise<HeldNumber[]> {
  const { hold: policy } = context.config;
  assertTtlAllowed(policy, ttlMs);
  if (wanted.quantity > policy.numbersPerRequestMax) {
    throw invalidField('quantity', `must be <= ${policy.numbersPerRequestMax}.`);
  }
  for (let search = 0; search < SEARCHES_MAX; search++) {
    for (const candidates of await findHoldCandidates(context, caller, wanted)) {
      const held = await tryHold(context, caller, candidates, wanted.quantity, ttlMs);
      if (held !== undefined) return held;
    }
  }
  throw new DomainError('UNAVAILABLE', 'Others took matching numbers first; try again.');
}

/**
 * Lists of numbers, each of which has what is wanted.
 * @throws DomainError NOT_FOUND when there is none.
 */
export async function findHoldCandidates(
  context: Context,
  { projectId }: Caller,
  { criteria, quantity, sequential }: WantedNumbers & { quantity: number },
): Promise<E164[][]> {
  if (sequential) {
    const blocks = { length: quantity, count: BLOCK_CANDIDATES };
    const found = await findBlocks(context, projectId, criteria, blocks);
    if (found.blocks.length === 0) throw noBlockMatches(quantity, found.isComplete);
    return found.blocks.map((block) => block.map(({ e164 }) => e164));
  }
  const search = { order: 'SPREAD', position: undefined, sequential: undefined } as const;
  const size = quantity + CANDIDATES_TO_SPARE;
  // What a standby shows may be gone already, and what is new it does not show.
  const found = await searchAvailableNumbers(
    context,
    projectId,
    { ...criteria, ...search, size },
    'read',
  );
  if (found.numbers.length < quantity) throw tooFewMatch(found.numbers.length, quantity);
  return [found.numbers.map(({ e164 }) => e164)];
}

/** Ends a write in which others were faster, so that nothing of it stays. */
export class OthersWereFaster extends Error {}

/** @returns `undefined`, with nothing held, when too few of the candidates are left. */
async function tryHold(
  context: Context,
  caller: Caller,
  candidates: readonly E164[],
  quantity: number,
  ttlMs = context.config.hold.ttlMs,
): Promise<HeldNumber[] | undefined> {
  const basis = await readHoldBasis(context, caller.projectId);
  try {
    return await context.store.write(async (db) => {
      const expireAt = addMilliseconds(context.clock.now(), ttlMs);
      const terms = { expireAt, orderId: null };
      // What the project holds already it need not ask for: only numbers that were on sale count.
      const { taken } = await holdInWrite(
        context,
        db,
        basis.pools,
        caller,
        candidates,
        terms,
        quantity,
      );
      if (taken.length < quantity) throw new OthersWereFaster();
      await assertWithinHoldsLimit(context, db, basis, caller.projectId, taken);
      return taken;
    });
  } catch (error) {
    if (error instanceof OthersWereFaster) return undefined;
    throw error;
  }
}

function tooFewMatch(found: number, quantity: number): DomainError {
  const message =
    found === 0
      ? 'No available number matches the request.'
      : `Only ${found} available numbers match the request, and ${quantity} are wanted.`;
  return resourceNotFound('AvailableNumber', '', message);
}

function noBlockMatches(quantity: number, isComplete: boolean): DomainError {
  const message = isComplete
    ? `No ${quantity} consecutive available numbers match the request.`
    : `No ${quantity} consecutive numbers were found among many: ask for fewer, or for a narrower place.`;
  return resourceNotFound('AvailableNumber', '', message);
}
