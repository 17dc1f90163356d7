import { type Account, listAccounts } from '../store/account.ts';
import type { Store } from '../store/store.ts';
import { RecentByProject } from './recent-by-project.ts';

/** The accounts of projects as they were a moment ago: enough to know whether a project has any. */
export class AccountCatalog extends RecentByProject<readonly Account[]> {
  constructor(store: Store) {
    super((projectId) => store.read((db) => listAccounts(db, projectId)));
  }
}
