import type { Context } from '../context.ts';
import { type DomainError, resourceNotFound } from '../errors.ts';
import { findProject, type Project, updateCallbackSecret } from '../store/project.ts';
import type { Caller } from './caller.ts';

export function getCallbackConfiguration(context: Context, caller: Caller): Promise<Project> {
  return context.store.read(async (db) => {
    const project = await findProject(db, caller.projectId);
    if (project === undefined) throw projectNotFound(caller.projectId);
    return project;
  });
}

/** Callbacks are signed with the new secret from now on, those that wait for another attempt too. */
export async function updateCallbackConfiguration(
  context: Context,
  caller: Caller,
  callbackSecret: string,
): Promise<Project> {
  await context.store.write((db) => updateCallbackSecret(db, caller.projectId, callbackSecret));
  return getCallbackConfiguration(context, caller);
}

function projectNotFound(projectId: string): DomainError {
  const message = `Could not find project with ID: ${projectId}`;
  return resourceNotFound('CallbackConfiguration', '', message);
}
