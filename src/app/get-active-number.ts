import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { resourceNotFound } from '../errors.ts';
import { type ActiveNumber, findActiveNumber } from '../store/active-number.ts';
import type { Reader } from '../store/store.ts';

/** @throws DomainError NOT_FOUND when the project has no current rental of the number. */
export function getActiveNumber(
  context: Context,
  projectId: ProjectId,
  e164: E164,
): Promise<ActiveNumber> {
  return context.store.read((db) => readActiveNumber(db, projectId, e164));
}

/** The same, for use cases that go on with the number in their own transaction. */
export async function readActiveNumber(
  db: Reader,
  projectId: ProjectId,
  e164: E164,
): Promise<ActiveNumber> {
  const number = await findActiveNumber(db, projectId, e164);
  if (number === undefined) throw resourceNotFound('ActiveNumber', e164);
  return number;
}
