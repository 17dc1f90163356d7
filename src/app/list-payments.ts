import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import {
  countCreditLimitChanges,
  type CreditLimitChange,
  listCreditLimitChanges as listChanges,
} from '../store/credit-limit-change.ts';
import { countPayments, listPayments as listRows, type Payment } from '../store/payment.ts';
import type { Reader } from '../store/store.ts';
import { getProject } from './get-project.ts';
import { type Page, toPage } from './list-rent-orders.ts';

interface PageRequest {
  after?: string | undefined;
  size: number;
}

/**
 * What a project has paid in all currencies, corrections included, the newest first.
 * @throws DomainError NOT_FOUND when there is no such project.
 */
export function listPayments(
  context: Pick<Context, 'store'>,
  projectId: string,
  page: PageRequest,
): Promise<Page<Payment>> {
  return readPage(context, projectId, page, listRows, countPayments);
}

/**
 * How the credit limits of a project were changed, the newest first.
 * @throws DomainError NOT_FOUND when there is no such project.
 */
export function listCreditLimitChanges(
  context: Pick<Context, 'store'>,
  projectId: string,
  page: PageRequest,
): Promise<Page<CreditLimitChange>> {
  return readPage(context, projectId, page, listChanges, countCreditLimitChanges);
}

function readPage<Item extends { id: string }>(
  { store }: Pick<Context, 'store'>,
  projectId: string,
  { after, size }: PageRequest,
  list: (db: Reader, projectId: ProjectId, limit: number, after?: string) => Promise<Item[]>,
  count: (db: Reader, projectId: ProjectId) => Promise<number>,
): Promise<Page<Item>> {
  return store.read(async (db) => {
    const { id } = await getProject(db, projectId);
    const rows = await list(db, id, size + 1, after);
    return toPage(rows, size, (item) => item.id, await count(db, id));
  });
}
