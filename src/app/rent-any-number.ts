import type { Context } from '../context.ts';
import { DomainError, resourceNotFound } from '../errors.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import type { Caller } from './caller.ts';
import { type RentRequest, tryRentNumber } from './rent-number.ts';
import { isRefusal } from './rent-order-numbers.ts';
import { narrowToRentable } from './rentable-pools.ts';
import {
  type PoolCriteria,
  type SearchCriteria,
  searchAvailableNumbers,
} from './search-available-numbers.ts';

/** How many numbers one search brings: more than one, so that a lost race costs no further search. */
const CANDIDATES = 8;
/** Losing this many searches in a row means that the last numbers are fought over: then the client may retry. */
const SEARCHES_MAX = 25;

/**
 * Rents the first number that matches, that the project may have, and that is still there.
 * @throws DomainError NOT_FOUND when none matches, UNAVAILABLE when others were always faster; what `rentNumber` throws
 * when the rent of every number that matches would be refused.
 */
export async function rentAnyNumber(
  context: Context,
  caller: Caller,
  criteria: PoolCriteria & Pick<SearchCriteria, 'filter'>,
  request: RentRequest,
): Promise<ActiveNumber> {
  let refusal: DomainError | undefined;
  for (let search = 0; search < SEARCHES_MAX; search++) {
    const rentable = await narrowToRentable(context, caller.projectId, criteria, request);
    const { numbers: found } = await searchAvailableNumbers(
      context,
      caller.projectId,
      {
        ...rentable.criteria,
        size: CANDIDATES,
        order: 'SPREAD',
        position: undefined,
        sequential: undefined,
      },
      // What a standby shows may be rented already, and what is new it does not show.
      'read',
    );
    if (found.length === 0) {
      throw resourceNotFound('AvailableNumber', '', 'No available number matches the request.');
    }
    try {
      for (const { e164 } of found) {
        const number = await tryRentNumber(context, caller, e164, request);
        if (number !== undefined) return number;
      }
    } catch (error) {
      if (rentable.pools.length === 0 || !isRefusal(error)) throw error;
      // A rent at the same time has used up what was left for this pool: others may have room.
      refusal = error;
    }
  }
  throw (
    refusal ??
    new DomainError('UNAVAILABLE', 'Others rented every matching number first; try again.')
  );
}
