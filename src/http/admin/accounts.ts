import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import { creditProject, limitCredit, showAccounts } from '../../app/change-account.ts';
import type { Context } from '../../context.ts';
import { assertOperator } from '../operator.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { toBalance } from '../v1/account.ts';

const readPayment = bodyReader(
  Type.Object({
    currencyCode: Type.String(),
    amount: Type.String(),
    reference: Type.Optional(Type.String()),
  }),
);

const readCreditLimit = bodyReader(
  Type.Object({ currencyCode: Type.String(), creditLimit: Type.String() }),
);

const HIDDEN = { schema: { hide: true } as object };

interface OfProject {
  Params: { projectId: string };
}

/** Payments and credit limits of projects, for the operator's billing. */
export function registerAccounts(app: FastifyInstance, context: Context): void {
  if (context.config.operatorToken === undefined) return;
  const path = '/admin/v1/projects/:projectId';

  app.get<OfProject>(`${path}/account`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const accounts = await showAccounts(context, request.params.projectId);
    return sendJson(reply, { balances: accounts.map(toBalance) });
  });

  app.post<OfProject>(`${path}/payments`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const { reference = '', ...payment } = readPayment(request);
    const accounts = await creditProject(context, request.params.projectId, {
      ...payment,
      reference,
    });
    return sendJson(reply, { balances: accounts.map(toBalance) });
  });

  app.patch<OfProject>(`${path}/account`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const accounts = await limitCredit(context, request.params.projectId, readCreditLimit(request));
    return sendJson(reply, { balances: accounts.map(toBalance) });
  });
}
