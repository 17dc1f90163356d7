import type { FastifyInstance } from 'fastify';

import { extendHold } from '../../app/extend-hold.ts';
import { getHold } from '../../app/get-hold.ts';
import { holdMatchingNumbers } from '../../app/hold-matching-numbers.ts';
import { holdNumbers } from '../../app/hold-numbers.ts';
import { listHolds } from '../../app/list-holds.ts';
import { releaseHold } from '../../app/release-hold.ts';
import type { Context } from '../../context.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader, queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import {
  EXTEND_HOLD_ERRORS,
  EXTEND_HOLD_EXAMPLES,
  EXTENDED_HOLD_EXAMPLES,
  HELD_ERRORS,
  HOLD_ERRORS,
  HOLD_EXAMPLES,
  LIST_HOLDS_ERRORS,
  LIST_NUMBER_HOLDS_EXAMPLES,
  NUMBER_HOLD_EXAMPLES,
  NUMBER_HOLDS_EXAMPLES,
  RELEASED_HOLD_EXAMPLES,
} from './number-hold-examples.ts';
import {
  ExtendNumberHoldRequest,
  HoldNumbersRequest,
  NumberHoldsQuery,
} from './number-hold-schemas.ts';
import { toMilliseconds, toNumberHold } from './number-hold-wire.ts';
import { readPageToken } from './paging.ts';
import { NumberPath, SIZE_DEFAULT } from './schemas.ts';
import { readManyNumbers } from './wanted-numbers.ts';
import { toE164 } from './wire.ts';

const TAG = 'Number holds';
const readHoldNumbers = bodyReader(HoldNumbersRequest);
const readExtend = bodyReader(ExtendNumberHoldRequest);
const readList = queryReader(NumberHoldsQuery);

export function registerNumberHolds(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.post(
    '/numberHolds',
    {
      schema: describeOperation({
        operationId: 'HoldNumbers',
        summary: 'Hold numbers',
        description:
          'Sets numbers aside for the project: all that are asked for, or none. Others neither find them nor get them meanwhile. What the project holds already stays as it is, so a list may be sent again.',
        tag: TAG,
        body: HoldNumbersRequest,
        bodyExamples: HOLD_EXAMPLES,
        response: 'NumberHoldsResponse',
        responseExamples: NUMBER_HOLDS_EXAMPLES,
        errors: HOLD_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const body = readHoldNumbers(request);
      const { e164s, wanted, quantity } = await readManyNumbers(body);
      const ttlMs = toMilliseconds(body.ttlSeconds);
      const act = (once: Context) =>
        wanted === undefined
          ? holdNumbers(once, caller, e164s, ttlMs)
          : holdMatchingNumbers(once, caller, { ...wanted, quantity }, ttlMs);
      return answerOnce(request, reply, context, caller, act, (held) => ({
        numberHolds: held.map(toNumberHold),
      }));
    },
  );

  app.get(
    '/numberHolds',
    {
      schema: describeOperation({
        operationId: 'ListNumberHolds',
        summary: "List the project's holds",
        description: 'In pages, ordered by number. Holds that are over are not listed.',
        tag: TAG,
        querystring: NumberHoldsQuery,
        response: 'ListNumberHoldsResponse',
        responseExamples: LIST_NUMBER_HOLDS_EXAMPLES,
        errors: LIST_HOLDS_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const query = readList(request);
      const scope = () => JSON.stringify(['numberHolds', projectId]);
      const page = await listHolds(context, projectId, {
        after: readPageToken(pageTokens, scope, query.pageToken) as string | undefined,
        size: query.pageSize ?? SIZE_DEFAULT,
      });
      return sendJson(reply, {
        numberHolds: page.holds.map(toNumberHold),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: page.totalSize,
      });
    },
  );

  app.get<{ Params: { phoneNumber: string } }>(
    '/numberHolds/:phoneNumber([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'GetNumberHold',
        summary: 'Get a hold',
        description: 'With the time at which it ends. Answers 404 when it is over.',
        tag: TAG,
        params: NumberPath,
        response: 'NumberHold',
        responseExamples: NUMBER_HOLD_EXAMPLES,
        errors: HELD_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      return sendJson(reply, toNumberHold(await getHold(context, projectId, e164)));
    },
  );

  app.post<{ Params: { phoneNumber: string } }>(
    '/numberHolds/:phoneNumber([^:/]+)::extend',
    {
      schema: describeOperation({
        operationId: 'ExtendNumberHold',
        summary: 'Extend a hold',
        description:
          'The number stays held for so long from now; a hold never ends earlier by this. In all it lasts two hours at most, which an operator can change.',
        tag: TAG,
        params: NumberPath,
        body: ExtendNumberHoldRequest,
        bodyExamples: EXTEND_HOLD_EXAMPLES,
        response: 'NumberHold',
        responseExamples: EXTENDED_HOLD_EXAMPLES,
        errors: EXTEND_HOLD_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const ttlMs = toMilliseconds(readExtend(request).ttlSeconds);
      const act = (once: Context) => extendHold(once, caller, e164, ttlMs);
      return answerOnce(request, reply, context, caller, act, toNumberHold);
    },
  );

  app.post<{ Params: { phoneNumber: string } }>(
    '/numberHolds/:phoneNumber([^:/]+)::release',
    {
      schema: describeOperation({
        operationId: 'ReleaseNumberHold',
        summary: 'Give a held number back',
        description:
          'It is on sale again at once; `expireTime` of the answer is now. A second time the answer is 404: it is not held any more.',
        tag: TAG,
        params: NumberPath,
        response: 'NumberHold',
        responseExamples: RELEASED_HOLD_EXAMPLES,
        errors: HELD_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const act = (once: Context) => releaseHold(once, caller, e164);
      return answerOnce(request, reply, context, caller, act, toNumberHold);
    },
  );
}
