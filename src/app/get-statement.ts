import type { Context } from '../context.ts';
import { type Month, parseMonth } from '../domain/month.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { invalidField } from '../errors.ts';
import { type Charge, type ChargePlace, listChargesAfter, sumCharges } from '../store/charge.ts';
import { type ChargePage, toChargePage } from './list-charges.ts';

/** A charge of the last moment of a month is written within this time, also by a machine whose clock is a little slow. */
const SETTLED_AFTER_MS = 300_000;
/** Lines that are read at once. A slow reader keeps no more of them in memory, and no connection waits for it. */
const SLICE_LINES = 1000;

export interface StatementMonth extends Month {
  /** Nothing can be charged in it any more. */
  isComplete: boolean;
}

/** What was charged in one month, one page of its lines, the oldest first. */
export async function getStatement(
  context: Context,
  projectId: ProjectId,
  { start: from, end: to }: Month,
  { after, size }: { after: ChargePlace | undefined; size: number },
): Promise<ChargePage> {
  return context.store.read(async (db) => {
    const rows = await listChargesAfter(db, projectId, { from, to }, size + 1, after);
    return toChargePage(rows, size, await sumCharges(db, projectId, { from, to }));
  });
}

/** All lines of a month in the same order, slice by slice. */
export async function* readStatement(
  context: Context,
  projectId: ProjectId,
  { start: from, end: to }: Month,
): AsyncGenerator<Charge[], void, undefined> {
  let after: ChargePlace | undefined;
  do {
    const slice = await context.store.read((db) =>
      listChargesAfter(db, projectId, { from, to }, SLICE_LINES, after),
    );
    if (slice.length > 0) yield slice;
    after = slice.length === SLICE_LINES ? slice.at(-1) : undefined;
  } while (after !== undefined);
}

/** @throws DomainError INVALID_ARGUMENT when the text is no month, or one that is still to come. */
export function getStatementMonth({ clock }: Pick<Context, 'clock'>, text: string): StatementMonth {
  const month = parseMonth(text);
  if (month === undefined) throw invalidField('month', 'must be a month such as 2026-01.');
  const now = clock.now();
  if (month.start > now) throw invalidField('month', 'is still to come.');
  return { ...month, isComplete: addMilliseconds(month.end, SETTLED_AFTER_MS) <= now };
}
