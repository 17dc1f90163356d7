import type { Context } from '../context.ts';
import { findRegistrationProblems } from '../domain/number-requirements.ts';
import { invalidFields } from '../errors.ts';
import { lockNumberOrder, updateNumberOrder } from '../store/number-order.ts';
import type { Caller } from './caller.ts';
import { assertEditable, numberOrderNotFound } from './get-number-order.ts';
import { type Registration, viewRegistration } from './get-order-registration.ts';
import { findRequirements } from './lookup-requirements.ts';

/**
 * Puts what the client has filled in in place of what was there.
 * @throws DomainError NOT_FOUND, FAILED_PRECONDITION when the order cannot be changed, INVALID_ARGUMENT that names each
 * field which does not meet the requirements.
 */
export function updateOrderRegistration(
  context: Context,
  { projectId }: Caller,
  orderId: string,
  data: unknown,
): Promise<Registration> {
  return context.store.write(async (db) => {
    const order = await lockNumberOrder(db, projectId, orderId);
    if (order === undefined) throw numberOrderNotFound(orderId);
    const now = context.clock.now();
    assertEditable(order, now);
    const problems = findRegistrationProblems(findRequirements(context, order), data);
    if (problems.length > 0) throw invalidFields(problems);
    const updated = { ...order, registration: JSON.stringify(data), updatedAt: now };
    await updateNumberOrder(db, updated);
    return viewRegistration(db, updated);
  });
}
