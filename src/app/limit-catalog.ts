import type { ProjectLimit } from '../domain/project-limit.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Store } from '../store/store.ts';
import { RecentByProject } from './recent-by-project.ts';

/** The limits of projects, kept in memory for a moment: every request asks for those of its project. */
export class LimitCatalog extends RecentByProject<readonly ProjectLimit[]> {
  constructor(store: Store) {
    super((projectId) => store.read((db) => listProjectLimits(db, projectId)));
  }
}
