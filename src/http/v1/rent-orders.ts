import type { FastifyInstance } from 'fastify';

import { cancelRentOrder } from '../../app/cancel-rent-order.ts';
import {
  createRentOrder,
  type RentOrderRequest as OrderRequest,
} from '../../app/create-rent-order.ts';
import { getRentOrder, type RentOrderView } from '../../app/get-rent-order.ts';
import { listNumbersOfRentOrder, listRentOrders } from '../../app/list-rent-orders.ts';
import type { Context } from '../../context.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { RentOrderNumber } from '../../store/rent-order.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { type ErrorText, toErrorJson } from '../error-response.ts';
import { bodyReader, queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { readPageToken } from './paging.ts';
import {
  CANCEL_ORDER_ERRORS,
  CREATE_ORDER_ERRORS,
  ORDER_ERRORS,
  ORDER_EXAMPLES,
  ORDER_NUMBERS_EXAMPLES,
  ORDER_PAGE_ERRORS,
  ORDER_REQUEST_EXAMPLES,
  ORDERS_EXAMPLES,
} from './rent-order-examples.ts';
import {
  ORDER_BODY_BYTES_MAX,
  OrderPageQuery,
  ORDERS_PAGE_SIZE_DEFAULT,
  RentOrderPath,
  RentOrderRequest,
} from './rent-order-schemas.ts';
import { readManyNumbers } from './wanted-numbers.ts';
import { toRentRequest } from './wire.ts';

const readOrder = bodyReader(RentOrderRequest);
const readPage = queryReader(OrderPageQuery);

interface OrderRoute {
  Params: { rentOrderId: string };
}

export function registerRentOrders(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.post(
    '/rentOrders',
    {
      bodyLimit: ORDER_BODY_BYTES_MAX,
      schema: describeOperation({
        operationId: 'CreateRentOrder',
        summary: 'Rent many numbers',
        description:
          'Named ones, so many that match, or a block. Up to 100 are rented before the answer; of more the order is IN_PROGRESS, and its end is told to callbackUrl. Each number has its own outcome. A large order that is all or nothing first sets its numbers aside, which reservedQuantity tells of, and rents them when it has all.',
        tag: 'Rent orders',
        body: RentOrderRequest,
        bodyExamples: ORDER_REQUEST_EXAMPLES,
        response: 'RentOrder',
        responseExamples: ORDER_EXAMPLES,
        errors: CREATE_ORDER_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const asked = await toOrderRequest(readOrder(request));
      const act = (once: Context) => createRentOrder(once, caller, asked);
      return answerOnce(request, reply, context, caller, act, toRentOrder);
    },
  );

  app.get(
    '/rentOrders',
    {
      schema: describeOperation({
        operationId: 'ListRentOrders',
        summary: "List the project's rent orders",
        description: 'In pages, the newest first, without their numbers.',
        tag: 'Rent orders',
        querystring: OrderPageQuery,
        response: 'RentOrdersResponse',
        responseExamples: ORDERS_EXAMPLES,
        errors: ORDER_PAGE_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const { pageSize: size = ORDERS_PAGE_SIZE_DEFAULT, pageToken } = readPage(request);
      const scope = () => JSON.stringify(['rentOrders', projectId]);
      const after = readPageToken(pageTokens, scope, pageToken) as string | undefined;
      const { items, next, totalSize } = await listRentOrders(context, projectId, { after, size });
      return sendJson(reply, {
        rentOrders: items.map((order) => toRentOrder({ order, numbers: [] })),
        nextPageToken: next === undefined ? '' : pageTokens.encode(scope(), next),
        totalSize,
      });
    },
  );

  app.get<OrderRoute>(
    '/rentOrders/:rentOrderId([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'GetRentOrder',
        summary: 'Get a rent order',
        description: 'How far it has come.',
        tag: 'Rent orders',
        params: RentOrderPath,
        response: 'RentOrder',
        responseExamples: ORDER_EXAMPLES,
        errors: ORDER_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const view = await getRentOrder(context, projectId, request.params.rentOrderId);
      return sendJson(reply, toRentOrder(view));
    },
  );

  app.get<OrderRoute>(
    '/rentOrders/:rentOrderId/orderNumbers',
    {
      schema: describeOperation({
        operationId: 'ListRentOrderNumbers',
        summary: 'List the numbers of a rent order',
        description:
          'In pages, by phone number, with what came of each. Of an order that searches its numbers, those that were rented or set aside.',
        tag: 'Rent orders',
        params: RentOrderPath,
        querystring: OrderPageQuery,
        response: 'RentOrderNumbersResponse',
        responseExamples: ORDER_NUMBERS_EXAMPLES,
        errors: { ...ORDER_PAGE_ERRORS, ...ORDER_ERRORS },
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const { rentOrderId } = request.params;
      const { pageSize: size = ORDERS_PAGE_SIZE_DEFAULT, pageToken } = readPage(request);
      const scope = () => JSON.stringify(['orderNumbers', projectId, rentOrderId]);
      const after = readPageToken(pageTokens, scope, pageToken) as string | undefined;
      const page = await listNumbersOfRentOrder(context, projectId, rentOrderId, { after, size });
      return sendJson(reply, {
        orderNumbers: page.items.map(toOrderNumber),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: page.totalSize,
      });
    },
  );

  app.post<OrderRoute>(
    '/rentOrders/:rentOrderId([^:/]+)::cancel',
    {
      schema: describeOperation({
        operationId: 'CancelRentOrder',
        summary: 'Cancel a rent order',
        description:
          'Of one that is in progress nothing more is rented; what was rented stays, and what was set aside goes back on sale. One that is all or nothing can no longer be cancelled when everything is set aside. Cancelling twice changes nothing.',
        tag: 'Rent orders',
        params: RentOrderPath,
        response: 'RentOrder',
        responseExamples: ORDER_EXAMPLES,
        errors: CANCEL_ORDER_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const { rentOrderId } = request.params;
      const act = (once: Context) => cancelRentOrder(once, caller, rentOrderId);
      return answerOnce(request, reply, context, caller, act, toRentOrder);
    },
  );
}

/** @throws DomainError INVALID_ARGUMENT */
export async function toOrderRequest(body: ReturnType<typeof readOrder>): Promise<OrderRequest> {
  const numbers = await readManyNumbers(body);
  return {
    ...numbers,
    allOrNothing: body.allOrNothing === true || numbers.wanted?.sequential === true,
    request: toRentRequest(body),
  };
}

function toRentOrder({ order, numbers }: RentOrderView): Record<string, unknown> {
  return {
    rentOrderId: order.id,
    projectId: order.projectId,
    state: order.state,
    allOrNothing: order.allOrNothing,
    requestedQuantity: order.quantity,
    rentedQuantity: order.rentedCount,
    failedQuantity: order.failedCount,
    reservedQuantity: order.reservedCount,
    error: toError(order.error),
    orderNumbers: numbers.map(toOrderNumber),
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    endTime: order.endedAt,
  };
}

function toOrderNumber({ e164, state, error }: RentOrderNumber): Record<string, unknown> {
  return { phoneNumber: e164, state, error: toError(error) };
}

function toError(text: string | null): object | null {
  return text === null ? null : toErrorJson(JSON.parse(text) as ErrorText);
}
