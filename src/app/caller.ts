import type { ProjectId } from '../domain/project-id.ts';

/** Who asks: an authenticated project, with what the history records of it. */
export interface Caller {
  projectId: ProjectId;
  /** The access key's id, or `operator` for who acts on the project's behalf. */
  actor: string;
  /** `null` where it was no request. */
  requestId: string | null;
}
