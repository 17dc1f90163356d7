import type { Context } from '../context.ts';
import { DomainError, invalidFields } from '../errors.ts';
import { type AccessKey, findAccessKey, putAccessKey } from '../store/access-key.ts';
import { hashSecret } from './access-key-secret.ts';
import { checkDisplayName, checkId } from './create-project.ts';
import { getProject } from './get-project.ts';

export interface AccessKeyRequest {
  /** Left out, one is made up. */
  id?: string | undefined;
  /** Left out, 160 random bits. */
  secret?: string | undefined;
  displayName: string;
  /** What happens to a key of this project with the same id: it gets the new secret, unless this is set. */
  mustBeNew?: boolean;
}

/**
 * Makes an access key. Only the secret's hash is stored, so this is the one time that it is known.
 * @param projectId as the operator wrote it.
 * @throws DomainError NOT_FOUND for an unknown project, ALREADY_EXISTS for an id that is taken,
 * INVALID_ARGUMENT with all that is wrong.
 */
export async function createAccessKey(
  deps: Pick<Context, 'store' | 'clock' | 'ids'>,
  projectId: string,
  request: AccessKeyRequest,
): Promise<{ key: AccessKey; secret: string }> {
  const problems = [
    ...checkId('id', request.id),
    ...checkDisplayName('displayName', request.displayName),
  ];
  if (request.secret === '') problems.push({ field: 'secret', description: 'must not be empty' });
  if (problems.length > 0) throw invalidFields(problems);

  const secret = request.secret ?? deps.ids.secret();
  const id = request.id ?? deps.ids.uuid();
  const secretHash = hashSecret(secret);
  const key = await deps.store.write(async (db) => {
    const project = await getProject(db, projectId);
    const made: AccessKey = {
      id,
      projectId: project.id,
      displayName: request.displayName.trim(),
      secretHash,
      createdAt: deps.clock.now(),
      revokedAt: null,
    };
    const isTaken = request.mustBeNew === true && (await findAccessKey(db, id)) !== undefined;
    if (isTaken || !(await putAccessKey(db, made))) throw keyIdTaken(id);
    return made;
  });
  return { key, secret };
}

function keyIdTaken(id: string): DomainError {
  return new DomainError('ALREADY_EXISTS', `There is an access key with the id ${id} already.`);
}
