import type { ProjectId } from '../domain/project-id.ts';

/** How old what is known may be: so long does a change take to reach every process. */
const MAX_AGE_MS = 1000;
/** More projects than this in one second are read from the database each time. */
const PROJECTS_MAX = 10_000;

interface Known<Value> {
  value: Promise<Value>;
  readAtMs: number;
}

/** What every request asks about its project, kept in memory for a moment. */
export class RecentByProject<Value> {
  readonly #read: (projectId: ProjectId) => Promise<Value>;
  readonly #known = new Map<ProjectId, Known<Value>>();

  constructor(read: (projectId: ProjectId) => Promise<Value>) {
    this.#read = read;
  }

  of(projectId: ProjectId): Promise<Value> {
    const known = this.#known.get(projectId);
    // Real time, not the application's clock: this is about the age of a copy.
    if (known !== undefined && performance.now() - known.readAtMs < MAX_AGE_MS) return known.value;
    if (this.#known.size >= PROJECTS_MAX) this.#known.clear();
    const value = this.#read(projectId);
    value.catch(() => this.#known.delete(projectId));
    this.#known.set(projectId, { value, readAtMs: performance.now() });
    return value;
  }
}
