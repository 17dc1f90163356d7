import type { FastifyInstance } from 'fastify';

import { type AccountStanding, listStandings } from '../../app/account-standing.ts';
import type { Context } from '../../context.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Authenticator } from '../auth.ts';
import { sendJson } from '../send-json.ts';
import { ACCOUNT_EXAMPLES } from './account-schemas.ts';
import { describeOperation } from './describe-operation.ts';

export function registerAccount(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.get(
    '/account',
    {
      schema: describeOperation({
        operationId: 'GetAccount',
        summary: "Get the project's account",
        description:
          'Balance and credit limit in each currency, where the project pays in advance. A rent that they do not cover is refused with `INSUFFICIENT_BALANCE`; a number whose renewal they do not cover becomes `unpaid`.',
        tag: 'Account',
        response: 'AccountResponse',
        responseExamples: ACCOUNT_EXAMPLES,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const accounts = await context.store.read((db) => listStandings(context, db, projectId));
      return sendJson(reply, { balances: accounts.map(toBalance) });
    },
  );
}

/** An account as the API shows it. */
export function toBalance(account: AccountStanding) {
  const { currencyCode, balanceMinor, creditLimitMinor, unpaid } = account;
  return {
    currencyCode,
    balance: formatAmount(balanceMinor, currencyCode),
    creditLimit: formatAmount(creditLimitMinor, currencyCode),
    unpaid:
      unpaid === undefined
        ? null
        : {
            quantity: unpaid.numbers,
            amountDue: formatAmount(unpaid.dueMinor, currencyCode),
            suspendTime: unpaid.suspendAt ?? null,
            endTime: unpaid.endAt,
          },
  };
}
