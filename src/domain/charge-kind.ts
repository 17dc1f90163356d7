/** SETUP: once, at the rent. PERIOD: for each period of a rental, in advance. */
export const CHARGE_KINDS = ['SETUP', 'PERIOD'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];
