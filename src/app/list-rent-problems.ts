import type { Pool } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { firstPriceMinor } from '../domain/rent-price.ts';
import { DomainError } from '../errors.ts';
import { assertRentableDirectly } from './assert-rentable-directly.ts';
import { assertCovered } from './debit-rent.ts';
import { assertRoomForRent } from './limit-use.ts';
import { assertCampaignFits, assertCapable, type RentRequest } from './rent-number.ts';
import type { RentStanding } from './rent-standing.ts';

/**
 * Everything for which the rent of this available number would be refused. The first is the one that the
 * rent itself would tell.
 * @param standing the project's at that moment.
 */
export function listRentProblems(
  projectId: ProjectId,
  { e164, pool }: { e164: string; pool: Pool },
  { sms, voice }: RentRequest,
  { limits, accounts, numberOrdersRequired }: RentStanding,
): DomainError[] {
  return [
    () => assertRentableDirectly(numberOrdersRequired, e164, pool),
    ...limits.map((limit) => () => assertRoomForRent(projectId, limit, pool)),
    () => assertCapable({ sms, voice: undefined }, pool),
    () => assertCapable({ sms: undefined, voice }, pool),
    () => assertCampaignFits(sms?.campaignId ?? '', pool),
    () => assertCovered(projectId, accounts, pool.currencyCode, firstPriceMinor(pool)),
  ].flatMap(listProblems);
}

/** What an assertion throws, as a list of one or none. */
export function listProblems(assertion: () => void): DomainError[] {
  try {
    assertion();
    return [];
  } catch (error) {
    if (error instanceof DomainError) return [error];
    throw error;
  }
}
