import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  type Charge,
  type ChargeFilter,
  type ChargePlace,
  type ChargeSum,
  listChargesBefore,
  sumCharges,
} from '../store/charge.ts';

/** One page of charges, with what all pages together come to. */
export interface ChargePage {
  charges: Charge[];
  /** Where the next page begins; `undefined` on the last one. */
  next: ChargePlace | undefined;
  /** Over all pages. */
  sums: ChargeSum[];
}

/**
 * A project's charges, the newest first. What is charged while somebody turns the pages stands before the first of
 * them, so no page moves; the sums have it.
 */
export function listCharges(
  context: Context,
  projectId: ProjectId,
  filter: ChargeFilter,
  { before, size }: { before: ChargePlace | undefined; size: number },
): Promise<ChargePage> {
  return context.store.readRecent(async (db) => {
    const rows = await listChargesBefore(db, projectId, filter, size + 1, before);
    return toChargePage(rows, size, await sumCharges(db, projectId, filter));
  });
}

/** @param rows one more than a page has, where there is a next one */
export function toChargePage(rows: Charge[], size: number, sums: ChargeSum[]): ChargePage {
  const charges = rows.slice(0, size);
  const last = charges.at(-1);
  const next =
    rows.length > size && last !== undefined
      ? { createdAt: last.createdAt, id: last.id }
      : undefined;
  return { charges, next, sums };
}
