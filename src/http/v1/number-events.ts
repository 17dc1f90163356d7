import type { FastifyInstance } from 'fastify';

import { listNumberEvents } from '../../app/list-number-events.ts';
import type { Context } from '../../context.ts';
import { formatAmount } from '../../domain/money.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { Authenticator } from '../auth.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { NUMBER_EVENTS_ERRORS } from './error-examples.ts';
import {
  EVENT_PAGE_SIZE_DEFAULT,
  NUMBER_EVENTS_EXAMPLES,
  NumberEventsQuery,
} from './number-event-schemas.ts';
import { readPageToken } from './paging.ts';
import { NumberPath } from './schemas.ts';
import { toE164 } from './wire.ts';

const readQuery = queryReader(NumberEventsQuery);

export function registerNumberEvents(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get<{ Params: { phoneNumber: string } }>(
    '/numberEvents/:phoneNumber([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'ListNumberEvents',
        summary: "Read a number's history",
        description:
          'All that has happened to a number while the project held or rented it, the newest first, also after it is gone. Nothing in it is ever changed.',
        tag: 'History',
        params: NumberPath,
        querystring: NumberEventsQuery,
        response: 'NumberEventsResponse',
        responseExamples: NUMBER_EVENTS_EXAMPLES,
        errors: NUMBER_EVENTS_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const { pageSize = EVENT_PAGE_SIZE_DEFAULT, pageToken } = readQuery(request);
      const scope = () => JSON.stringify(['numberEvents', projectId, e164]);
      const before = readPageToken(pageTokens, scope, pageToken) as number | undefined;
      const page = await listNumberEvents(context, projectId, e164, { before, size: pageSize });
      return sendJson(reply, {
        numberEvents: page.events.map(toNumberEvent),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: page.totalSize,
      });
    },
  );
}

function toNumberEvent(event: StoredEvent): Record<string, unknown> {
  const { from, to, ...details } = JSON.parse(event.details) as Record<string, unknown>;
  return {
    eventId: event.id,
    phoneNumber: event.e164,
    projectId: event.projectId,
    eventType: event.type,
    createTime: event.createdAt,
    from: from ?? '',
    to: to ?? '',
    actor: event.actor,
    requestId: event.requestId ?? '',
    details: withMoney(details),
  };
}

/** Amounts are minor units in the store: `setupPriceMinor` becomes the money `setupPrice`. */
function withMoney(details: Record<string, unknown>): Record<string, unknown> {
  const { currencyCode, ...others } = details;
  if (typeof currencyCode !== 'string') return details;
  return Object.fromEntries(
    Object.entries(others).map(([name, value]) =>
      name.endsWith('Minor') && typeof value === 'number'
        ? [
            name.slice(0, -'Minor'.length),
            { currencyCode, amount: formatAmount(value, currencyCode) },
          ]
        : [name, value],
    ),
  );
}
