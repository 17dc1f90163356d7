import type { Timestamp } from './timestamp.ts';

export const NUMBER_TYPES = ['MOBILE', 'LOCAL', 'TOLL_FREE'] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export const CAPABILITIES = ['SMS', 'VOICE'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export type PoolId = number & { readonly __poolId: true };

/** Numbers that share everything but their digits. */
export interface Pool {
  id: PoolId;
  /** Unique, chosen by the operator. */
  name: string;
  regionCode: string;
  type: NumberType;
  /** In the order of CAPABILITIES. */
  capabilities: Capability[];
  currencyCode: string;
  setupPriceMinor: number;
  monthlyPriceMinor: number;
  paymentIntervalMonths: number;
  documentationRequired: boolean;
  /** Whether its numbers can have an emergency address. */
  emergencyAddresses: boolean;
  /** `undefined`: the table by region and type decides. */
  quarantineDays: number | undefined;
  /** The projects that may see the pool; `undefined` when every project may. */
  visibleTo: ReadonlySet<string> | undefined;
  /** Length in digits of the shortest and longest number ever imported; both 0 while it is empty. */
  digitsMin: number;
  digitsMax: number;
  createdAt: Timestamp;
}

/** Capabilities as a bit set, the form in which they are stored: SMS is 1, VOICE is 2. */
export function toCapabilityBits(capabilities: readonly Capability[]): number {
  return CAPABILITIES.reduce(
    (bits, capability, i) => (capabilities.includes(capability) ? bits | (1 << i) : bits),
    0,
  );
}

export function fromCapabilityBits(bits: number): Capability[] {
  return CAPABILITIES.filter((_, i) => (bits & (1 << i)) !== 0);
}
