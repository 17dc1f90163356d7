import type { Pool } from '../domain/pool.ts';
import { preconditionFailed } from '../errors.ts';

/**
 * Where the operator says so, a number that requires documents is rented by the approval of a number order only.
 * @throws DomainError FAILED_PRECONDITION
 */
export function assertRentableDirectly(
  numberOrdersRequired: boolean,
  e164: string,
  { documentationRequired }: Pick<Pool, 'documentationRequired'>,
): void {
  if (!numberOrdersRequired || !documentationRequired) return;
  throw preconditionFailed({
    type: 'NUMBER_ORDER_REQUIRED',
    subject: e164,
    description: `${e164} requires documents: order it with numberOrders:createNumberOrder.`,
  });
}
