import type { FastifyInstance } from 'fastify';

import { getActiveNumber } from '../../app/get-active-number.ts';
import { listActiveNumbers } from '../../app/list-active-numbers.ts';
import { releaseNumber } from '../../app/release-number.ts';
import { undoRelease } from '../../app/undo-release.ts';
import { updateActiveNumber } from '../../app/update-active-number.ts';
import type { Context } from '../../context.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { ActiveNumberCursor, ActiveNumberOrder } from '../../store/active-number.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader, queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import {
  ACTIVE_ERRORS,
  LIST_ERRORS,
  RELEASE_ERRORS,
  UNDO_RELEASE_ERRORS,
  UPDATE_ERRORS,
} from './error-examples.ts';
import {
  ACTIVE_NUMBER_EXAMPLES,
  ACTIVE_NUMBERS_EXAMPLES,
  RELEASED_NUMBER_EXAMPLES,
  UNDONE_RELEASE_EXAMPLES,
  UPDATE_EXAMPLES,
  UPDATED_NUMBER_EXAMPLES,
} from './examples.ts';
import { invalidOrderBy, readPageToken } from './paging.ts';
import {
  ActiveNumbersQuery,
  ActiveNumberUpdateRequest,
  NumberPath,
  SIZE_DEFAULT,
} from './schemas.ts';
import { toSearchPattern } from './search-criteria.ts';
import { toActiveNumber, toActiveNumberUpdate, toE164 } from './wire.ts';

const readList = queryReader(ActiveNumbersQuery);
const readUpdate = bodyReader(ActiveNumberUpdateRequest);

export function registerActiveNumbers(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get(
    '/activeNumbers',
    {
      schema: describeOperation({
        operationId: 'NumberService_ListActiveNumbers',
        summary: "List the project's active numbers",
        description:
          'In pages, ordered by number or by name. A released number is listed until it expires.',
        tag: 'Active numbers',
        querystring: ActiveNumbersQuery,
        response: 'ActiveNumbersResponse',
        responseExamples: ACTIVE_NUMBERS_EXAMPLES,
        errors: LIST_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const query = readList(request);
      const pattern = query['numberPattern.pattern'];
      const position = query['numberPattern.searchPattern'];
      const filter = {
        regionCode: query.regionCode,
        type: query.type,
        pattern:
          pattern === undefined
            ? undefined
            : toSearchPattern('numberPattern.pattern', pattern, position),
        capabilities: query.capability,
      };
      const order = toOrder(query.orderBy ?? 'phoneNumber');
      const scope = () => JSON.stringify([projectId, filter, order]);
      const page = await listActiveNumbers(context, projectId, filter, {
        order,
        // The signature shows that we wrote it.
        after: readPageToken(pageTokens, scope, query.pageToken) as ActiveNumberCursor | undefined,
        size: query.pageSize ?? SIZE_DEFAULT,
      });
      return sendJson(reply, {
        activeNumbers: page.numbers.map(toActiveNumber),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: page.totalSize,
      });
    },
  );

  app.get<{ Params: { phoneNumber: string } }>(
    '/activeNumbers/:phoneNumber([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'NumberService_GetActiveNumber',
        summary: 'Get an active number',
        description: 'With what it is connected to, and what is under way.',
        tag: 'Active numbers',
        params: NumberPath,
        response: 'ActiveNumber',
        responseExamples: ACTIVE_NUMBER_EXAMPLES,
        errors: ACTIVE_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      return sendJson(reply, toActiveNumber(await getActiveNumber(context, projectId, e164)));
    },
  );

  app.patch<{ Params: { phoneNumber: string } }>(
    '/activeNumbers/:phoneNumber([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'NumberService_UpdateActiveNumber',
        summary: 'Update an active number',
        description:
          'Names change at once. New configurations are provisioned: until that is done the old ones stay and the new ones are shown as scheduled.',
        tag: 'Active numbers',
        params: NumberPath,
        body: ActiveNumberUpdateRequest,
        bodyExamples: UPDATE_EXAMPLES,
        response: 'ActiveNumber',
        responseExamples: UPDATED_NUMBER_EXAMPLES,
        errors: UPDATE_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const update = toActiveNumberUpdate(readUpdate(request));
      const act = (once: Context) => updateActiveNumber(once, caller, e164, update);
      return answerOnce(request, reply, context, caller, act, toActiveNumber);
    },
  );

  app.post<{ Params: { phoneNumber: string } }>(
    '/activeNumbers/:phoneNumber([^:/]+)::release',
    {
      schema: describeOperation({
        operationId: 'NumberService_ReleaseNumber',
        summary: 'Release a number',
        description:
          'The number stays until the period that is paid ends: `expireAt`. There is no refund. An unpaid number ends at once. Releasing twice changes nothing.',
        tag: 'Active numbers',
        params: NumberPath,
        response: 'ActiveNumber',
        responseExamples: RELEASED_NUMBER_EXAMPLES,
        errors: RELEASE_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const act = (once: Context) => releaseNumber(once, caller, e164);
      return answerOnce(request, reply, context, caller, act, toActiveNumber);
    },
  );

  app.post<{ Params: { phoneNumber: string } }>(
    '/activeNumbers/:phoneNumber([^:/]+)::undoRelease',
    {
      schema: describeOperation({
        operationId: 'UndoRelease',
        summary: 'Take a release back',
        description:
          'As long as the paid period lasts: the number goes on as if it had not been released. What the release cancelled stays cancelled. For a number that was not released nothing changes. One that ends because it is unpaid goes on by a payment only.',
        tag: 'Active numbers',
        params: NumberPath,
        response: 'ActiveNumber',
        responseExamples: UNDONE_RELEASE_EXAMPLES,
        errors: UNDO_RELEASE_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const act = (once: Context) => undoRelease(once, caller, e164);
      return answerOnce(request, reply, context, caller, act, toActiveNumber);
    },
  );
}

function toOrder(orderBy: string): ActiveNumberOrder {
  if (orderBy === 'phoneNumber' || orderBy === 'displayName') return orderBy;
  throw invalidOrderBy(orderBy);
}
