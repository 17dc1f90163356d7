import type { ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Store } from '../store/store.ts';

/** How old a project's limits may be here: so long does a change take to reach every process. */
const MAX_AGE_MS = 1000;
/** More projects than this in one second are read from the database each time. */
const PROJECTS_MAX = 10_000;

interface KnownLimits {
  limits: Promise<readonly ProjectLimit[]>;
  readAtMs: number;
}

/** The limits of projects, kept in memory for a moment: every request asks for those of its project. */
export class LimitCatalog {
  readonly #store: Store;
  readonly #known = new Map<ProjectId, KnownLimits>();

  constructor(store: Store) {
    this.#store = store;
  }

  of(projectId: ProjectId): Promise<readonly ProjectLimit[]> {
    const known = this.#known.get(projectId);
    // Real time, not the application's clock: this is about the age of a copy.
    if (known !== undefined && performance.now() - known.readAtMs < MAX_AGE_MS) return known.limits;
    if (this.#known.size >= PROJECTS_MAX) this.#known.clear();
    const limits = this.#store.read((db) => listProjectLimits(db, projectId));
    limits.catch(() => this.#known.delete(projectId));
    this.#known.set(projectId, { limits, readAtMs: performance.now() });
    return limits;
  }
}
