import type { FastifyInstance } from 'fastify';

import { quoteRelease } from '../../app/quote-release.ts';
import { quoteRentOrder } from '../../app/quote-rent-order.ts';
import { quoteRent } from '../../app/quote-rent.ts';
import type { Context } from '../../context.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader } from '../read-request.ts';
import { describeOperation } from './describe-operation.ts';
import { ACTIVE_ERRORS } from './error-examples.ts';
import { RENT_EXAMPLES } from './examples.ts';
import {
  QUOTE_RENT_ERRORS,
  RELEASE_QUOTE_EXAMPLES,
  RENT_ORDER_QUOTE_EXAMPLES,
  RENT_QUOTE_EXAMPLES,
} from './quote-examples.ts';
import { toReleaseQuote, toRentOrderQuote, toRentQuote } from './quote-wire.ts';
import { CREATE_ORDER_ERRORS, ORDER_REQUEST_EXAMPLES } from './rent-order-examples.ts';
import { ORDER_BODY_BYTES_MAX, RentOrderRequest } from './rent-order-schemas.ts';
import { toOrderRequest } from './rent-orders.ts';
import { NumberPath, RentNumberRequest } from './schemas.ts';
import { toE164, toRentRequest } from './wire.ts';

const readRent = bodyReader(RentNumberRequest);
const readOrder = bodyReader(RentOrderRequest);

interface NumberRoute {
  Params: { phoneNumber: string };
}

/** What requests would do, without doing it. They answer through `answerOnce` like what they tell of. */
export function registerQuotes(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.post<NumberRoute>(
    '/availableNumbers/:phoneNumber([^:/]+)::quote',
    {
      schema: describeOperation({
        operationId: 'QuoteRent',
        summary: 'Ask what a rent would do',
        description:
          'Takes what :rent takes and changes nothing: charges, dates, what would be provisioned, limits, and every reason for which the rent would be refused. Answers 404 as :rent does.',
        tag: 'Available numbers',
        params: NumberPath,
        body: RentNumberRequest,
        bodyExamples: RENT_EXAMPLES,
        response: 'RentQuote',
        responseExamples: RENT_QUOTE_EXAMPLES,
        errors: QUOTE_RENT_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const rent = toRentRequest(readRent(request));
      const act = (once: Context) => quoteRent(once, caller.projectId, e164, rent);
      return answerOnce(request, reply, context, caller, act, toRentQuote);
    },
  );

  app.post(
    '/rentOrders::quote',
    {
      bodyLimit: ORDER_BODY_BYTES_MAX,
      schema: describeOperation({
        operationId: 'QuoteRentOrder',
        summary: 'Ask what a rent order would do',
        description:
          'Takes what an order takes and changes nothing: how many numbers could be had, what they would cost by currency, and why others could not.',
        tag: 'Rent orders',
        body: RentOrderRequest,
        bodyExamples: ORDER_REQUEST_EXAMPLES,
        response: 'RentOrderQuote',
        responseExamples: RENT_ORDER_QUOTE_EXAMPLES,
        errors: CREATE_ORDER_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const asked = await toOrderRequest(readOrder(request));
      const act = (once: Context) => quoteRentOrder(once, caller.projectId, asked);
      return answerOnce(request, reply, context, caller, act, toRentOrderQuote);
    },
  );

  app.post<NumberRoute>(
    '/activeNumbers/:phoneNumber([^:/]+)::quoteRelease',
    {
      schema: describeOperation({
        operationId: 'QuoteRelease',
        summary: 'Ask what a release would do',
        description:
          'Changes nothing: when the number would end, until when that could be undone, how long it would rest, and what it would be disconnected from.',
        tag: 'Active numbers',
        params: NumberPath,
        response: 'ReleaseQuote',
        responseExamples: RELEASE_QUOTE_EXAMPLES,
        errors: ACTIVE_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const act = (once: Context) => quoteRelease(once, caller.projectId, e164);
      return answerOnce(request, reply, context, caller, act, toReleaseQuote);
    },
  );
}
