import { toCsvRow } from '../../domain/csv.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Charge } from '../../store/charge.ts';
import { STATEMENT_COLUMNS } from './statement-schemas.ts';

/** The names and the lines of a statement, a text for each slice; the names come with the first slice, or alone. */
export async function* toStatementCsv(
  month: string,
  slices: AsyncIterable<Charge[]>,
): AsyncGenerator<string, void, undefined> {
  let head = toCsvRow(STATEMENT_COLUMNS);
  for await (const charges of slices) {
    yield head + charges.map((charge) => toRow(month, charge)).join('');
    head = '';
  }
  if (head !== '') yield head;
}

function toRow(month: string, charge: Charge): string {
  const cells: Record<(typeof STATEMENT_COLUMNS)[number], string> = {
    month,
    projectId: charge.projectId,
    chargeId: charge.id,
    createTime: charge.createdAt,
    kind: charge.kind,
    phoneNumber: charge.e164,
    rentalId: charge.rentalId,
    period: String(charge.period),
    periodStart: charge.periodStart,
    periodEnd: charge.periodEnd,
    currencyCode: charge.currencyCode,
    amount: formatAmount(charge.amountMinor, charge.currencyCode),
  };
  return toCsvRow(STATEMENT_COLUMNS.map((column) => cells[column]));
}
