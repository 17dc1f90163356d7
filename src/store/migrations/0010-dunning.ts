import type { Dialect } from '../dialect.ts';

/** Rentals whose next period was not covered; they end at `expire_at` if it stays so. */
export function addDunning({ text }: Dialect): string[] {
  return [
    // unpaid_since: when that was found. suspended_at stays when the rental ends, to know what it was connected to.
    `ALTER TABLE rental ADD COLUMN unpaid_since ${text}`,
    `ALTER TABLE rental ADD COLUMN suspend_at ${text}`,
    `ALTER TABLE rental ADD COLUMN suspended_at ${text}`,
    // With the price of a period: whether an account covers any of its unpaid rentals is one look.
    `CREATE INDEX rental_unpaid ON rental (project_id, currency_code, (monthly_price_minor * payment_interval_months))
      WHERE ended_at IS NULL AND unpaid_since IS NOT NULL`,
    `CREATE INDEX rental_suspend ON rental (suspend_at)
      WHERE ended_at IS NULL AND suspended_at IS NULL AND suspend_at IS NOT NULL`,
  ];
}
