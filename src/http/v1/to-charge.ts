import { formatAmount } from '../../domain/money.ts';
import type { Charge, ChargeSum } from '../../store/charge.ts';

/** A line of the ledger as the API shows it. */
export function toCharge(charge: Charge) {
  return {
    chargeId: charge.id,
    projectId: charge.projectId,
    rentalId: charge.rentalId,
    phoneNumber: charge.e164,
    kind: charge.kind,
    period: charge.period,
    periodStart: charge.periodStart,
    periodEnd: charge.periodEnd,
    amount: toMoney(charge.amountMinor, charge.currencyCode),
    createTime: charge.createdAt,
  };
}

export function toMoney(minor: number | bigint, currencyCode: string) {
  return { currencyCode, amount: formatAmount(minor, currencyCode) };
}

export function countCharges(sums: readonly ChargeSum[]): number {
  return sums.reduce((count, sum) => count + sum.count, 0);
}
