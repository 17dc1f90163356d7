import type { Pool } from './pool.ts';

type PeriodPrice = Pick<Pool, 'monthlyPriceMinor' | 'paymentIntervalMonths'>;

/** What each period costs, in minor units: all its months, in advance. */
export function periodPriceMinor({
  monthlyPriceMinor,
  paymentIntervalMonths,
}: PeriodPrice): number {
  return monthlyPriceMinor * paymentIntervalMonths;
}

/** What a rent costs at first, in minor units: the setup and the first period. */
export function firstPriceMinor(price: PeriodPrice & Pick<Pool, 'setupPriceMinor'>): number {
  return price.setupPriceMinor + periodPriceMinor(price);
}
