import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { isOfRents } from '../domain/project-limit.ts';
import { type Account, listAccounts } from '../store/account.ts';
import { listProjectLimits } from '../store/project-limit.ts';
import type { Reader } from '../store/store.ts';
import { type LimitUsage, readUsage } from './list-limits.ts';

/** What a project comes up against when it rents, at one moment. */
export interface RentStanding {
  /** With what is used of them. */
  limits: readonly LimitUsage[];
  accounts: readonly Account[];
  /** Whether numbers that require documents are rented by number orders only. */
  numberOrdersRequired: boolean;
}

/** As it is in the database, also within a write. */
export async function readStanding(
  { clock, config }: Pick<Context, 'clock' | 'config'>,
  db: Reader,
  projectId: ProjectId,
): Promise<RentStanding> {
  const limits: LimitUsage[] = [];
  for (const limit of await listProjectLimits(db, projectId)) {
    if (isOfRents(limit)) limits.push(await readUsage(db, projectId, limit, clock.now()));
  }
  const accounts = await listAccounts(db, projectId);
  return { limits, accounts, numberOrdersRequired: config.numberOrder.isRequired };
}
