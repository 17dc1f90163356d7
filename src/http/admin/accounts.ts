import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import type { AccountStanding } from '../../app/account-standing.ts';
import { creditProject, limitCredit, showAccounts } from '../../app/change-account.ts';
import { getProject } from '../../app/get-project.ts';
import type { Context } from '../../context.ts';
import { answerOnce, type KeyOwner } from '../answer-once.ts';
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
  const path = '/admin/v1/projects/:projectId';

  app.get<OfProject>(`${path}/account`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const accounts = await showAccounts(context, request.params.projectId);
    return sendJson(reply, toAnswer(accounts));
  });

  app.post<OfProject>(`${path}/payments`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const { reference = '', ...payment } = readPayment(request);
    const owner = await readOwner(context, request.params.projectId);
    const act = (once: Context) => creditProject(once, owner.projectId, { ...payment, reference });
    return answerOnce(request, reply, context, owner, act, toAnswer);
  });

  app.patch<OfProject>(`${path}/account`, HIDDEN, async (request, reply) => {
    assertOperator(context, request, reply);
    const creditLimit = readCreditLimit(request);
    const owner = await readOwner(context, request.params.projectId);
    const act = (once: Context) => limitCredit(once, owner.projectId, creditLimit);
    return answerOnce(request, reply, context, owner, act, toAnswer);
  });
}

/** @throws DomainError NOT_FOUND */
async function readOwner({ store }: Context, projectId: string): Promise<KeyOwner> {
  const { id } = await store.read((db) => getProject(db, projectId));
  return { projectId: id, isOperator: true };
}

function toAnswer(accounts: readonly AccountStanding[]): object {
  return { balances: accounts.map(toBalance) };
}
