import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

import { getOrderProject, viewOrderForReview } from '../../app/order-for-review.ts';
import { type Review, reviewNumberOrder } from '../../app/review-number-order.ts';
import type { Context } from '../../context.ts';
import { NUMBER_ORDER_STATES } from '../../domain/number-order.ts';
import { resourceNotFound } from '../../errors.ts';
import { listNumberOrdersInState, type NumberOrder } from '../../store/number-order.ts';
import { readOrderAttachment } from '../../store/order-attachment.ts';
import { answerOnce, type KeyOwner } from '../answer-once.ts';
import { assertOperator } from '../operator.ts';
import { bodyReader, queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { toNumberOrder, toRegistration } from '../v1/number-order-wire.ts';

/** A reviewer works through them; the next ones come when these are done. */
const ORDERS_MAX = 200;

const readState = queryReader(
  Type.Object({
    state: Type.Optional(Type.Enum([...NUMBER_ORDER_STATES], { type: 'string' })),
  }),
);
const readReview = bodyReader(Type.Object({ reason: Type.Optional(Type.String()) }));

const HIDDEN = { schema: { hide: true } as object };
const PATH = '/admin/v1/numberOrders';

interface Route {
  Params: { numberOrderId: string };
}

const VERBS = { approve: 'COMPLETED', reject: 'REJECTED', block: 'BLOCKED' } as const;

/** Where an operator reviews what was submitted. */
export function registerOrderReview(app: FastifyInstance, context: Context): void {
  app.get(PATH, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const { state = 'IN_REVIEW' } = readState(request);
    const orders = await context.store.read((db) => listNumberOrdersInState(db, state, ORDERS_MAX));
    return sendJson(reply, { numberOrders: orders.map(toSummary) });
  });

  app.get<Route>(`${PATH}/:numberOrderId([^:/]+)`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const { view, registration } = await viewOrderForReview(context, request.params.numberOrderId);
    return sendJson(reply, {
      ...toNumberOrder(view),
      registration: toRegistration(registration),
    });
  });

  app.get<{ Params: { numberOrderId: string; attachmentId: string } }>(
    `${PATH}/:numberOrderId/attachments/:attachmentId`,
    HIDDEN,
    async (request, reply) => {
      assertOperator(context, request, reply);
      return sendAttachment(context, request.params, reply);
    },
  );

  for (const [verb, outcome] of Object.entries(VERBS)) {
    app.post<Route>(
      `${PATH}/:numberOrderId([^:/]+)::${verb}`,
      HIDDEN,
      async (request: FastifyRequest<Route>, reply) => {
        assertOperator(context, request, reply);
        const { reason = '' } = readReview(request);
        const review: Review = { outcome, reason };
        const reviewer = { actor: 'operator', requestId: request.id };
        const id = request.params.numberOrderId;
        const projectId = await context.store.read((db) => getOrderProject(db, id));
        const owner: KeyOwner = { projectId, isOperator: true };
        const act = async (once: Context) => {
          const order = await reviewNumberOrder(once, id, review, reviewer);
          context.jobsOrdered.raise();
          return order;
        };
        return answerOnce(request, reply, context, owner, act, toSummary);
      },
    );
  }
}

function toSummary(order: NumberOrder): object {
  return {
    idNumberOrder: order.id,
    projectId: order.projectId,
    state: order.state,
    regionCode: order.regionCode,
    numberType: order.numberType,
    expireTime: order.expireAt,
    createTime: order.createdAt,
    updateTime: order.updatedAt,
  };
}

/** For a person to save and open: what a client has uploaded must not run in the page of anybody. */
async function sendAttachment(
  context: Context,
  { numberOrderId, attachmentId }: { numberOrderId: string; attachmentId: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { view, registration } = await viewOrderForReview(context, numberOrderId);
  const found = registration.attachments.find((each) => each.attachmentId === attachmentId);
  if (found === undefined) throw resourceNotFound('NumberOrderAttachment', attachmentId);
  const { projectId, id } = view.order;
  const content = await context.store.read((db) =>
    readOrderAttachment(db, projectId, id, attachmentId),
  );
  const name = encodeURIComponent(found.fileName);
  return reply
    .header('content-type', 'application/octet-stream')
    .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(content);
}
