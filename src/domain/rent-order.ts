/** How far an order has come. IN_PROGRESS is the only one that is not final. */
export const RENT_ORDER_STATES = [
  'IN_PROGRESS',
  'COMPLETED',
  'PARTIAL',
  'FAILED',
  'CANCELLED',
] as const;
export type RentOrderState = (typeof RENT_ORDER_STATES)[number];

/**
 * RESERVED: set aside for the order, which will rent it with all the others. CANCELLED: nothing was wrong with the
 * number, but the order ended without it.
 */
export const RENT_ORDER_NUMBER_STATES = [
  'PENDING',
  'RESERVED',
  'RENTED',
  'FAILED',
  'CANCELLED',
] as const;
export type RentOrderNumberState = (typeof RENT_ORDER_NUMBER_STATES)[number];

/** What an order comes to when nothing more will be rented for it. */
export function toFinalState(rentedCount: number, quantity: number): RentOrderState {
  if (rentedCount === quantity) return 'COMPLETED';
  return rentedCount === 0 ? 'FAILED' : 'PARTIAL';
}

/** Numbers that an order rents or sets aside in one write: others wait no longer for it. */
export const NUMBERS_PER_WRITE = 100;

/** What the rules below ask of an order. */
interface OrderProgress {
  state: RentOrderState;
  quantity: number;
  allOrNothing: boolean;
  rentedCount: number;
  reservedCount: number;
}

/**
 * What is to be done next. RENTING: the next numbers are rented. RESERVING: they are set aside; RENTING_RESERVED: all
 * are, and are rented together; FREEING: the order is over, and what it had set aside goes back on sale, if there is
 * anything left of it.
 */
export type RentOrderPhase = 'RENTING' | 'RESERVING' | 'RENTING_RESERVED' | 'FREEING' | 'OVER';

export function phaseOf(order: Omit<OrderProgress, 'rentedCount'>): RentOrderPhase {
  const isOver = order.state !== 'IN_PROGRESS';
  if (!reservesFirst(order)) return isOver ? 'OVER' : 'RENTING';
  if (isOver) return 'FREEING';
  return order.reservedCount === order.quantity ? 'RENTING_RESERVED' : 'RESERVING';
}

/** Whether it sets its numbers aside before it rents them: all or nothing, and more of them than one write rents. */
export function reservesFirst({
  allOrNothing,
  quantity,
}: Pick<OrderProgress, 'allOrNothing' | 'quantity'>): boolean {
  return allOrNothing && quantity > NUMBERS_PER_WRITE;
}

/** How many numbers its next write is about. */
export function nextCount({
  quantity,
  rentedCount,
  reservedCount,
}: Pick<OrderProgress, 'quantity' | 'rentedCount' | 'reservedCount'>): number {
  return Math.min(quantity - rentedCount - reservedCount, NUMBERS_PER_WRITE);
}
