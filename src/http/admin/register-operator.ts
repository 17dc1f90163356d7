import type { FastifyInstance } from 'fastify';

import type { Context } from '../../context.ts';
import { registerAccounts } from './accounts.ts';
import { registerInspection } from './inspection.ts';
import { registerOrderReview } from './number-orders.ts';
import { registerPayments } from './payments.ts';

/** Everything behind the operator's token; nothing when there is none. */
export function registerOperator(app: FastifyInstance, context: Context): void {
  if (context.config.operatorToken === undefined) return;
  registerInspection(app, context);
  registerOrderReview(app, context);
  registerAccounts(app, context);
  registerPayments(app, context);
}
