import type { NamedAddress } from '../domain/emergency-address.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Rental } from './rental.ts';
import type { Reader, Writer } from './store.ts';

/** What a rental has, or had, by way of an emergency address. */
export interface AddressRecord {
  rentalId: string;
  e164: E164;
  projectId: ProjectId;
  /** Of the last change, among those of the number: a later one has a greater sequence. */
  sequence: number;
  provisioned: NamedAddress | undefined;
  /** Whether a request asks the platform for the last change, or did when its process died. */
  isInFlight: boolean;
  /** Whether the platform may have an address of this rental, be it this one or another. */
  mayBeHeld: boolean;
}

interface AddressRow extends Pick<AddressRecord, 'rentalId' | 'e164' | 'projectId' | 'sequence'> {
  address: string | null;
  isInFlight: number;
  mayBeHeld: number;
}

/** @returns `undefined` when the rental never had one. */
export async function findAddressRecord(
  db: Reader,
  rentalId: string,
): Promise<AddressRecord | undefined> {
  const row = await db.get<AddressRow>(
    `SELECT rental_id AS "rentalId", e164, project_id AS "projectId", sequence, address,
      is_in_flight AS "isInFlight", may_be_held AS "mayBeHeld"
    FROM emergency_address WHERE rental_id = ?`,
    rentalId,
  );
  if (row === undefined) return undefined;
  const { address, isInFlight, mayBeHeld, ...record } = row;
  return {
    ...record,
    provisioned: address === null ? undefined : (JSON.parse(address) as NamedAddress),
    isInFlight: isInFlight === 1,
    mayBeHeld: mayBeHeld === 1,
  };
}

const NEXT_SEQUENCE =
  '(SELECT coalesce(max(sequence), 0) + 1 FROM emergency_address WHERE e164 = ?)';

/**
 * Notes that the platform is about to be asked for another address, before it hears of it. The caller holds the
 * number's lock. What the rental has stays until `finishAddressChange`.
 * @returns the sequence of the change.
 */
export async function beginAddressChange(
  db: Writer,
  rental: Pick<Rental, 'id' | 'e164' | 'projectId'>,
  at: Timestamp,
): Promise<number> {
  const row = await db.get<{ sequence: number }>(
    `INSERT INTO emergency_address (rental_id, e164, project_id, sequence, address, is_in_flight, may_be_held, updated_at)
    VALUES (?, ?, ?, ${NEXT_SEQUENCE}, NULL, 1, 1, ?)
    ON CONFLICT (rental_id) DO UPDATE SET sequence = excluded.sequence, is_in_flight = 1, may_be_held = 1,
      updated_at = excluded.updated_at
    RETURNING sequence`,
    rental.id,
    rental.e164,
    rental.projectId,
    rental.e164,
    at,
  );
  if (row === undefined) throw new Error(`${rental.e164} has no row for its emergency address.`);
  return row.sequence;
}

/**
 * Takes the address that the platform has accepted.
 * @returns false when another change has begun since, or the rental has ended: then nothing is written.
 */
export async function finishAddressChange(
  db: Writer,
  rental: Pick<Rental, 'id' | 'projectId'>,
  sequence: number,
  address: NamedAddress,
  at: Timestamp,
): Promise<boolean> {
  const changed = await db.run(
    `UPDATE emergency_address SET address = ?, is_in_flight = 0, updated_at = ?
    WHERE rental_id = ? AND project_id = ? AND sequence = ? AND is_in_flight = 1`,
    JSON.stringify(address),
    at,
    rental.id,
    rental.projectId,
    sequence,
  );
  return changed === 1;
}

/**
 * Forgets a rental's address, in a change of its own that takes the place of one in flight. The caller holds the
 * number's lock.
 */
export async function dropAddress(
  db: Writer,
  rental: Pick<Rental, 'id' | 'e164' | 'projectId'>,
  at: Timestamp,
): Promise<void> {
  await db.run(
    `UPDATE emergency_address SET address = NULL, is_in_flight = 0, sequence = ${NEXT_SEQUENCE}, updated_at = ?
    WHERE rental_id = ? AND project_id = ?`,
    rental.e164,
    at,
    rental.id,
    rental.projectId,
  );
}

/**
 * Takes the place of a change whose outcome nobody knows, or which was refused, with one that asks for what the rental
 * has. The caller holds the number's lock.
 */
export async function replaceChange(
  db: Writer,
  { rentalId, e164 }: Pick<AddressRecord, 'rentalId' | 'e164'>,
  at: Timestamp,
): Promise<void> {
  await db.run(
    `UPDATE emergency_address SET is_in_flight = 0, sequence = ${NEXT_SEQUENCE}, updated_at = ?
    WHERE rental_id = ?`,
    e164,
    at,
    rentalId,
  );
}

/** Notes that the platform has nothing more of a rental, unless another change has begun since. */
export async function noteAddressLeft(
  db: Writer,
  { rentalId, sequence }: Pick<AddressRecord, 'rentalId' | 'sequence'>,
  at: Timestamp,
): Promise<void> {
  await db.run(
    `UPDATE emergency_address SET may_be_held = 0, updated_at = ?
    WHERE rental_id = ? AND sequence = ? AND is_in_flight = 0 AND address IS NULL`,
    at,
    rentalId,
    sequence,
  );
}

/** Whether the platform may have an address of a rental. */
export async function mayHoldAddress(db: Reader, rentalId: string): Promise<boolean> {
  return (await findAddressRecord(db, rentalId))?.mayBeHeld === true;
}
