import type { FastifyInstance } from 'fastify';

import { createNumberOrder } from '../../app/create-number-order.ts';
import { getNumberOrder } from '../../app/get-number-order.ts';
import { lookupRequirements } from '../../app/lookup-requirements.ts';
import { submitNumberOrder } from '../../app/submit-number-order.ts';
import type { Context } from '../../context.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import {
  CREATE_NUMBER_ORDER_ERRORS,
  CREATE_NUMBER_ORDER_EXAMPLES,
  LOOKUP_ERRORS,
  LOOKUP_EXAMPLES,
  NUMBER_ORDER_EXAMPLES,
  NUMBER_ORDER_NOT_FOUND,
  REQUIREMENTS_EXAMPLES,
  SUBMIT_ERRORS,
} from './number-order-examples.ts';
import {
  CreateNumberOrderRequest,
  NumberOrderPath,
  NumberRequirementsRequest,
} from './number-order-schemas.ts';
import { fromCreateBody, toNumberOrder, toRequirements } from './number-order-wire.ts';

const readLookup = bodyReader(NumberRequirementsRequest);
const readCreate = bodyReader(CreateNumberOrderRequest);

export const NUMBER_ORDERS_TAG = 'Number orders';

interface Route {
  Params: { numberOrderId: string };
}

export function registerNumberOrders(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  app.post(
    '/numberOrders::lookupNumberRequirements',
    {
      schema: describeOperation({
        operationId: 'LookupNumberRequirements',
        summary: 'Look up what an order requires',
        description: 'The fields to fill in and the documents to send, for a region and a type.',
        tag: NUMBER_ORDERS_TAG,
        body: NumberRequirementsRequest,
        bodyExamples: LOOKUP_EXAMPLES,
        response: 'NumberRequirements',
        responseExamples: REQUIREMENTS_EXAMPLES,
        errors: LOOKUP_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const kind = readLookup(request);
      const act = async (once: Context) => lookupRequirements(once, kind);
      return answerOnce(request, reply, context, caller, act, toRequirements);
    },
  );

  app.post(
    '/numberOrders::createNumberOrder',
    {
      schema: describeOperation({
        operationId: 'CreateNumberOrder',
        summary: 'Order numbers that require documents',
        description:
          'Sets the numbers aside for the order, all of them or none, until expireTime. Then fill in the registration, upload the attachments and submit it.',
        tag: NUMBER_ORDERS_TAG,
        body: CreateNumberOrderRequest,
        bodyExamples: CREATE_NUMBER_ORDER_EXAMPLES,
        response: 'NumberOrder',
        responseExamples: NUMBER_ORDER_EXAMPLES,
        errors: CREATE_NUMBER_ORDER_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const asked = await fromCreateBody(readCreate(request));
      const act = (once: Context) => createNumberOrder(once, caller, asked);
      return answerOnce(request, reply, context, caller, act, toNumberOrder);
    },
  );

  app.get<Route>(
    '/numberOrders/:numberOrderId([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'GetNumberOrder',
        summary: 'Get a number order',
        description: 'How far it has come.',
        tag: NUMBER_ORDERS_TAG,
        params: NumberOrderPath,
        response: 'NumberOrder',
        responseExamples: NUMBER_ORDER_EXAMPLES,
        errors: NUMBER_ORDER_NOT_FOUND,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const view = await getNumberOrder(context, projectId, request.params.numberOrderId);
      return sendJson(reply, toNumberOrder(view));
    },
  );

  app.post<Route>(
    '/numberOrders/:numberOrderId/submit',
    {
      schema: describeOperation({
        operationId: 'SubmitNumberOrder',
        summary: 'Submit a number order',
        description:
          'Hands it to a reviewer. Everything that the requirements ask for has to be there. An order that was BLOCKED is submitted again in the same way; one that is IN_REVIEW or COMPLETED stays as it is.',
        tag: NUMBER_ORDERS_TAG,
        params: NumberOrderPath,
        response: 'NumberOrder',
        responseExamples: NUMBER_ORDER_EXAMPLES,
        errors: SUBMIT_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const { numberOrderId } = request.params;
      const act = (once: Context) => submitNumberOrder(once, caller, numberOrderId);
      return answerOnce(request, reply, context, caller, act, toNumberOrder);
    },
  );
}
