import { PROJECT, type TestPool } from '../support/test-server.ts';
import type { ModelNumber, ModelPool } from './model.ts';
import { DOCUMENTED_REGION } from './order.ts';

type StockedPool = ModelPool & { name: string; first: number; size: number };

/** Few numbers, so that projects want the same ones; of everything that makes a difference there are some. */
export const POOLS: readonly StockedPool[] = [
  {
    name: 'us',
    regionCode: 'US',
    type: 'LOCAL',
    hasSms: true,
    hasEmergencyAddresses: true,
    first: 12025550100,
    size: 6,
    setupMinor: 50,
    monthlyMinor: 75,
    intervalMonths: 1,
    quarantineDays: 10,
  },
  {
    name: 'gb',
    regionCode: 'GB',
    type: 'LOCAL',
    hasSms: false,
    hasEmergencyAddresses: false,
    first: 442079460000,
    size: 4,
    setupMinor: 0,
    monthlyMinor: 120,
    intervalMonths: 3,
    quarantineDays: 0,
  },
  {
    name: 'mine',
    regionCode: 'US',
    type: 'LOCAL',
    hasSms: true,
    hasEmergencyAddresses: true,
    first: 12125550100,
    size: 2,
    setupMinor: 10,
    monthlyMinor: 20,
    intervalMonths: 1,
    quarantineDays: 40,
    onlyFor: PROJECT.id,
  },
  {
    name: 'fr',
    regionCode: DOCUMENTED_REGION,
    type: 'MOBILE',
    hasSms: true,
    hasEmergencyAddresses: false,
    first: 33639980100,
    size: 4,
    setupMinor: 5,
    monthlyMinor: 30,
    intervalMonths: 1,
    quarantineDays: 5,
  },
];

export function toTestPool(pool: StockedPool): TestPool {
  return {
    name: pool.name,
    regionCode: pool.regionCode,
    type: pool.type,
    capabilities: pool.hasSms ? ['SMS', 'VOICE'] : ['VOICE'],
    documentationRequired: pool.regionCode === DOCUMENTED_REGION,
    emergencyAddresses: pool.hasEmergencyAddresses,
    first: `+${pool.first}`,
    size: pool.size,
    setupPriceMinor: pool.setupMinor,
    monthlyPriceMinor: pool.monthlyMinor,
    paymentIntervalMonths: pool.intervalMonths,
    quarantineDays: pool.quarantineDays,
    ...(pool.onlyFor === undefined ? {} : { visibleTo: new Set([PROJECT.id]) }),
  };
}

export function toNumbers(pool: StockedPool): Pick<ModelNumber, 'e164' | 'pool'>[] {
  return Array.from({ length: pool.size }, (_, i) => ({ e164: `+${pool.first + i}`, pool }));
}
