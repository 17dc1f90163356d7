import { resourceNotFound } from '../errors.ts';
import { findProject, type Project } from '../store/project.ts';
import type { Reader } from '../store/store.ts';

/** @throws DomainError NOT_FOUND when there is no such project, in words for the operator, who names it. */
export async function getProject(db: Reader, projectId: string): Promise<Project> {
  const project = await findProject(db, projectId);
  if (project !== undefined) return project;
  throw resourceNotFound('Project', projectId, `There is no project ${projectId}.`);
}
