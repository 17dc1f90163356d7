import type { Context } from '../context.ts';
import type { NamedAddress } from '../domain/emergency-address.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { resourceNotFound } from '../errors.ts';
import { findAddressRecord } from '../store/emergency-address.ts';
import { hasEmergencyAddresses } from '../store/pool.ts';
import type { ActiveNumber } from '../store/active-number.ts';
import type { Reader } from '../store/store.ts';
import { readActiveNumber } from './get-active-number.ts';

/** @throws DomainError NOT_FOUND: not an active number, of no use in an emergency, or without an address. */
export function getEmergencyAddress(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<NamedAddress> {
  return context.store.read(async (db) => {
    const number = await readEmergencyNumber(db, projectId, e164);
    const record = await findAddressRecord(db, number.id);
    if (record?.provisioned === undefined) {
      const message = 'The number has no emergency address.';
      throw resourceNotFound('EmergencyAddress', e164, message);
    }
    return record.provisioned;
  });
}

/**
 * An active number that can have an emergency address.
 * @throws DomainError NOT_FOUND
 */
export async function readEmergencyNumber(
  db: Reader,
  projectId: ProjectId,
  e164: E164,
): Promise<ActiveNumber> {
  const number = await readActiveNumber(db, projectId, e164);
  if (await hasEmergencyAddresses(db, number.poolId)) return number;
  // To the letter what production says (contract 4.2).
  throw resourceNotFound('EmergencyAddress', '', 'Missing E911 feature');
}
