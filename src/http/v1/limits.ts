import type { FastifyInstance } from 'fastify';

import { type LimitUsage, listLimits } from '../../app/list-limits.ts';
import type { Context } from '../../context.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Authenticator } from '../auth.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { LIMITS_EXAMPLES } from './limit-schemas.ts';

export function registerLimits(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.get(
    '/limits',
    {
      schema: describeOperation({
        operationId: 'ListLimits',
        summary: "List the project's limits",
        description:
          'What it may have, hold and spend, how much of that is used, and when it begins anew.',
        tag: 'Limits',
        response: 'LimitsResponse',
        responseExamples: LIMITS_EXAMPLES,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const limits = await listLimits(context, projectId);
      return sendJson(reply, { limits: limits.map(toLimit) });
    },
  );
}

export function toLimit({ kind, currencyCode, value, used, resetAt }: LimitUsage) {
  const show = (amount: number) =>
    kind === 'SPEND' ? formatAmount(amount, currencyCode) : String(amount);
  return {
    kind,
    currencyCode,
    limit: show(value),
    used: used === undefined ? null : show(used),
    resetTime: resetAt ?? null,
  };
}
