import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { listCreditLimitChanges, listPayments } from '../../app/list-payments.ts';
import type { Page } from '../../app/list-rent-orders.ts';
import type { Context } from '../../context.ts';
import { formatAmount } from '../../domain/money.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { CreditLimitChange } from '../../store/credit-limit-change.ts';
import type { Payment } from '../../store/payment.ts';
import { assertOperator } from '../operator.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { readPageToken } from '../v1/paging.ts';

const PAGE_SIZE_DEFAULT = 100;
/** Lines of one answer: some hundred kilobytes. */
const PAGE_SIZE_MAX = 1000;

const readQuery = queryReader(
  Type.Object({
    pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX })),
    pageToken: Type.Optional(Type.String()),
  }),
);

const HIDDEN = { schema: { hide: true } as object };

interface OfProject {
  Params: { projectId: string };
}

/** What was written down about the money of a project, for the operator's billing. */
export function registerPayments(app: FastifyInstance, context: Context): void {
  const pageTokens = createPageTokens(context.tokenKey);

  function registerList<Item>(
    name: string,
    list: (
      context: Context,
      projectId: string,
      page: { after: string | undefined; size: number },
    ) => Promise<Page<Item>>,
    toWire: (item: Item) => object,
  ): void {
    const path = `/admin/v1/projects/:projectId/${name}`;
    app.get<OfProject>(path, HIDDEN, async (request, reply) => {
      assertOperator(context, request, reply);
      const { projectId } = request.params;
      const { pageSize: size = PAGE_SIZE_DEFAULT, pageToken } = readQuery(request);
      const scope = () => JSON.stringify([name, projectId]);
      const after = readPageToken(pageTokens, scope, pageToken) as string | undefined;
      const { items, next, totalSize } = await list(context, projectId, { after, size });
      const nextPageToken = next === undefined ? '' : pageTokens.encode(scope(), next);
      return sendJson(reply, { [name]: items.map(toWire), nextPageToken, totalSize });
    });
  }

  registerList('payments', listPayments, toPayment);
  registerList('creditLimitChanges', listCreditLimitChanges, toCreditLimitChange);
}

/** A payment as the operator reads it; an amount below zero is a correction. */
function toPayment(payment: Payment) {
  const { id, currencyCode, amountMinor, reference, actor, createdAt } = payment;
  return {
    paymentId: id,
    currencyCode,
    amount: formatAmount(amountMinor, currencyCode),
    reference,
    actor,
    createTime: createdAt,
  };
}

/** `from` is null when there was no account before. */
function toCreditLimitChange(change: CreditLimitChange) {
  const { currencyCode, fromMinor, toMinor, actor, createdAt } = change;
  return {
    currencyCode,
    from: fromMinor === null ? null : formatAmount(fromMinor, currencyCode),
    to: formatAmount(toMinor, currencyCode),
    actor,
    createTime: createdAt,
  };
}
