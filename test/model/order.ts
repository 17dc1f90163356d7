import { NO_END } from '../../src/app/order-holds.ts';
import type { Environment } from '../../src/config.ts';
import { isEditable, type NumberOrderState } from '../../src/domain/number-order.ts';
import type { VoiceLink } from '../../src/domain/provisioning.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { Model, ModelNumber } from './model.ts';

/** The longest that may be set, so that orders are filled in before it is over, though the clock makes great moves. */
export const ORDER_TTL_MS = 30 * 86_400_000;
/** So few that a project comes up against it, and that there is something left to rent. */
export const ORDER_NUMBERS_MAX = 4;
export const ORDER_ENVIRONMENT: Environment = {
  NUMBERYARD_NUMBER_ORDER_SECONDS: String(ORDER_TTL_MS / 1000),
  NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: String(ORDER_NUMBERS_MAX),
};

/** An order in it requires a registration and a document. */
export const DOCUMENTED_REGION = 'FR';

/** A number order, as it has to be. */
export interface ModelOrder {
  id: string;
  projectId: string;
  numbers: ModelNumber[];
  state: NumberOrderState;
  /** When it is over unless it is submitted. */
  expireAt: Timestamp | undefined;
  /** The name in its registration, which tells the sandbox what to decide. */
  name: string | undefined;
  hasDocument: boolean;
  voice: VoiceLink | undefined;
}

/** Whether the region and type of an order require a registration and a document. */
export function needsDocuments({ numbers }: ModelOrder): boolean {
  return numbers.some(({ pool }) => pool.regionCode === DOCUMENTED_REGION);
}

/** How many numbers the open orders of a project have. */
export function countOrdered(model: Model, projectId: string): number {
  return model.numbers.filter(({ order }) => order?.projectId === projectId).length;
}

export function addOrder(
  model: Model,
  asked: Pick<ModelOrder, 'id' | 'projectId' | 'numbers' | 'voice'>,
  expireAt: Timestamp,
): void {
  const order: ModelOrder = {
    ...asked,
    state: 'CREATED',
    expireAt,
    name: undefined,
    hasDocument: false,
  };
  model.orders.push(order);
  for (const number of order.numbers) model.hold(number, order.projectId, expireAt, order);
}

export function submitOrder(order: ModelOrder): void {
  moveOrder(order, 'IN_REVIEW');
  for (const number of order.numbers) number.until = NO_END;
}

export function blockOrder(order: ModelOrder, expireAt: Timestamp): void {
  moveOrder(order, 'BLOCKED', expireAt);
  for (const number of order.numbers) number.until = expireAt;
}

export function rejectOrder(model: Model, order: ModelOrder): void {
  moveOrder(order, 'REJECTED');
  for (const number of order.numbers) model.free(number);
}

export function moveOrder(order: ModelOrder, state: NumberOrderState, expireAt?: Timestamp): void {
  Object.assign(order, { state, expireAt });
}

/** Their numbers have the same end, and become free by themselves. */
export function expireOrders(orders: readonly ModelOrder[], now: Timestamp): void {
  for (const order of orders) {
    const { state, expireAt } = order;
    if (isEditable(state) && expireAt !== undefined && expireAt <= now) moveOrder(order, 'EXPIRED');
  }
}
