import type { Context } from '../context.ts';
import { type DomainError, resourceNotFound } from '../errors.ts';
import { findProject, type Project, updateCallbackSecret } from '../store/project.ts';
import type { Reader } from '../store/store.ts';
import type { Caller } from './caller.ts';

export function getCallbackConfiguration(context: Context, caller: Caller): Promise<Project> {
  return context.store.read((db) => readProject(db, caller));
}

/** Callbacks are signed with the new secret from now on, those that wait for another attempt too. */
export function updateCallbackConfiguration(
  context: Context,
  caller: Caller,
  callbackSecret: string,
): Promise<Project> {
  return context.store.write(async (db) => {
    await updateCallbackSecret(db, caller.projectId, callbackSecret);
    return readProject(db, caller);
  });
}

async function readProject(db: Reader, { projectId }: Caller): Promise<Project> {
  const project = await findProject(db, projectId);
  if (project === undefined) throw projectNotFound(projectId);
  return project;
}

function projectNotFound(projectId: string): DomainError {
  const message = `Could not find project with ID: ${projectId}`;
  return resourceNotFound('CallbackConfiguration', '', message);
}
