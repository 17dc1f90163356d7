import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { findNumberOrder, findNumberOrderProject } from '../store/number-order.ts';
import type { Reader } from '../store/store.ts';
import { noSuchNumberOrder, type NumberOrderView, viewNumberOrder } from './get-number-order.ts';
import { type Registration, viewRegistration } from './get-order-registration.ts';

/** Everything that a reviewer looks at, but for the documents themselves. */
export interface OrderForReview {
  view: NumberOrderView;
  registration: Registration;
}

/** For the operator, who may look at every project's. @throws DomainError NOT_FOUND */
export async function viewOrderForReview(
  context: Pick<Context, 'store' | 'pools'>,
  id: string,
): Promise<OrderForReview> {
  const pools = await context.pools.current();
  return context.store.read(async (db) => {
    const projectId = await getOrderProject(db, id);
    const order = await findNumberOrder(db, projectId, id);
    if (order === undefined) throw noSuchNumberOrder(id);
    return {
      view: await viewNumberOrder(db, pools, order),
      registration: await viewRegistration(db, order),
    };
  });
}

/** Whose order it is, for the operator. @throws DomainError NOT_FOUND */
export async function getOrderProject(db: Reader, id: string): Promise<ProjectId> {
  const projectId = await findNumberOrderProject(db, id);
  if (projectId === undefined) throw noSuchNumberOrder(id);
  return projectId;
}
