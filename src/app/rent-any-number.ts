import type { Context } from '../context.ts';
import { DomainError, resourceNotFound } from '../errors.ts';
import type { ActiveNumber } from '../store/rental.ts';
import type { Caller } from './caller.ts';
import { type RentRequest, tryRentNumber } from './rent-number.ts';
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
 * Rents the first number that matches and is still there.
 * @throws DomainError NOT_FOUND when none matches, UNAVAILABLE when others were always faster.
 */
export async function rentAnyNumber(
  context: Context,
  caller: Caller,
  criteria: PoolCriteria & Pick<SearchCriteria, 'filter'>,
  request: RentRequest,
): Promise<ActiveNumber> {
  for (let search = 0; search < SEARCHES_MAX; search++) {
    const { numbers: found } = await searchAvailableNumbers(
      context,
      caller.projectId,
      {
        ...criteria,
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
    for (const { e164 } of found) {
      const number = await tryRentNumber(context, caller, e164, request);
      if (number !== undefined) return number;
    }
  }
  throw new DomainError('UNAVAILABLE', 'Others rented every matching number first; try again.');
}
