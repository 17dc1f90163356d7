import type { Context } from '../context.ts';
import { monthOf, type ProjectLimit } from '../domain/project-limit.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { countHolds } from '../store/hold.ts';
import { countCurrentRentals, listProjectLimits, sumChargesSince } from '../store/project-limit.ts';
import type { Reader } from '../store/store.ts';
import { holdsLimitOf } from './hold-limits.ts';

/** A limit with what is used of it now. */
export interface LimitUsage extends ProjectLimit {
  /** In the units of the limit; `undefined` where that changes by the second. */
  used: number | undefined;
  /** When it begins anew, or when the first of the holds ends; `undefined`: not by itself. */
  resetAt: Timestamp | undefined;
}

/** Everything that a project is limited in, by kind and currency. Its holds always are. */
export function listLimits(context: Context, projectId: ProjectId): Promise<LimitUsage[]> {
  return context.store.read(async (db) => {
    const own = await listProjectLimits(db, projectId);
    const others = own.filter(({ kind }) => kind !== 'HOLDS');
    return readUsages(context, db, projectId, [holdsLimitOf(context.config.hold, own), ...others]);
  });
}

function readUsages(
  { clock }: Pick<Context, 'clock'>,
  db: Reader,
  projectId: ProjectId,
  limits: readonly ProjectLimit[],
): Promise<LimitUsage[]> {
  const now = clock.now();
  return Promise.all(limits.map((limit) => readUsage(db, projectId, limit, now)));
}

/** A limit with what is used of it, for use cases that go on in their own transaction. */
export async function readUsage(
  db: Reader,
  projectId: ProjectId,
  limit: ProjectLimit,
  now: Timestamp,
): Promise<LimitUsage> {
  switch (limit.kind) {
    case 'NUMBERS':
      return { ...limit, used: await countCurrentRentals(db, projectId), resetAt: undefined };
    case 'HOLDS': {
      const { count, firstExpireAt } = await countHolds(db, projectId, now);
      return { ...limit, used: count, resetAt: firstExpireAt ?? undefined };
    }
    case 'SPEND': {
      const { start, end } = monthOf(now);
      const used = await sumChargesSince(db, projectId, limit.currencyCode, start);
      return { ...limit, used, resetAt: end };
    }
    case 'REQUESTS':
    case 'KEY_REQUESTS':
      return { ...limit, used: undefined, resetAt: undefined };
  }
}
