/** How far an order has come. IN_PROGRESS is the only one that is not final. */
export const RENT_ORDER_STATES = [
  'IN_PROGRESS',
  'COMPLETED',
  'PARTIAL',
  'FAILED',
  'CANCELLED',
] as const;
export type RentOrderState = (typeof RENT_ORDER_STATES)[number];

/** CANCELLED: nothing was wrong with the number, but the order ended without it. */
export const RENT_ORDER_NUMBER_STATES = ['PENDING', 'RENTED', 'FAILED', 'CANCELLED'] as const;
export type RentOrderNumberState = (typeof RENT_ORDER_NUMBER_STATES)[number];

/** What an order comes to when nothing more will be rented for it. */
export function toFinalState(rentedCount: number, quantity: number): RentOrderState {
  if (rentedCount === quantity) return 'COMPLETED';
  return rentedCount === 0 ? 'FAILED' : 'PARTIAL';
}
