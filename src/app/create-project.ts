import type { Context } from '../context.ts';
import { ID_RULE, isId } from '../domain/id.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { DomainError, type FieldViolation, invalidFields } from '../errors.ts';
import { insertProject, type Project } from '../store/project.ts';

export interface ProjectRequest {
  /** Left out, one is made up. */
  id?: string | undefined;
  displayName: string;
}

/**
 * Makes a tenant, with a random secret that its callbacks are signed with.
 * @throws DomainError INVALID_ARGUMENT with all that is wrong, or ALREADY_EXISTS when the id is taken.
 */
export async function createProject(
  deps: Pick<Context, 'store' | 'clock' | 'ids'>,
  request: ProjectRequest,
): Promise<Project> {
  const problems = [
    ...checkId('id', request.id),
    ...checkDisplayName('displayName', request.displayName),
  ];
  if (problems.length > 0) throw invalidFields(problems);
  const project: Project = {
    id: (request.id ?? deps.ids.uuid()) as ProjectId,
    displayName: request.displayName.trim(),
    callbackSecret: deps.ids.secret(),
    createdAt: deps.clock.now(),
  };
  if (!(await deps.store.write((db) => insertProject(db, project)))) {
    throw new DomainError(
      'ALREADY_EXISTS',
      `There is a project with the id ${project.id} already.`,
    );
  }
  return project;
}

/** An id that an operator chose. */
export function checkId(field: string, id: string | undefined): FieldViolation[] {
  if (id === undefined || isId(id)) return [];
  return [{ field, description: ID_RULE }];
}

/** Names are for people; what would garble a terminal or a log is refused. */
export function checkDisplayName(field: string, name: string): FieldViolation[] {
  if (/^\P{C}{1,200}$/u.test(name) && name.trim() !== '') return [];
  return [{ field, description: 'must have 1 to 200 characters, and no control characters' }];
}
