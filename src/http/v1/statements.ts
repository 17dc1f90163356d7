import { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import { getStatement, getStatementMonth, readStatement } from '../../app/get-statement.ts';
import type { Context } from '../../context.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { ChargePlace } from '../../store/charge.ts';
import type { Authenticator } from '../auth.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { CHARGES_PAGE_SIZE_DEFAULT } from './charge-schemas.ts';
import { describeOperation } from './describe-operation.ts';
import { readPageToken } from './paging.ts';
import {
  STATEMENT_CSV_ERRORS,
  STATEMENT_CSV_EXAMPLES,
  STATEMENT_ERRORS,
  STATEMENT_EXAMPLES,
  StatementCsv,
  StatementPath,
  StatementQuery,
} from './statement-schemas.ts';
import { toStatementCsv } from './statement-csv.ts';
import { countCharges, toCharge, toMoney } from './to-charge.ts';

const readQuery = queryReader(StatementQuery);

interface StatementRoute {
  Params: { month: string };
}

export function registerStatements(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get<StatementRoute>(
    '/statements/:month([^/.]+)',
    {
      schema: describeOperation({
        operationId: 'GetStatement',
        summary: 'Get the statement of a month',
        description:
          'What was charged in a calendar month (UTC), by currency and kind, with the lines in pages, the oldest first. A month that is over stays as it is.',
        tag: 'Charges',
        params: StatementPath,
        querystring: StatementQuery,
        response: 'Statement',
        responseExamples: STATEMENT_EXAMPLES,
        errors: STATEMENT_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const month = getStatementMonth(context, request.params.month);
      const { pageSize: size = CHARGES_PAGE_SIZE_DEFAULT, pageToken } = readQuery(request);
      const scope = () => JSON.stringify(['statements', projectId, month.name]);
      const after = readPageToken(pageTokens, scope, pageToken) as ChargePlace | undefined;
      const page = await getStatement(context, projectId, month, { after, size });
      return sendJson(reply, {
        projectId,
        month: month.name,
        startTime: month.start,
        endTime: month.end,
        complete: month.isComplete,
        totals: page.sums.map(({ kind, count, amountMinor, currencyCode }) => ({
          kind,
          count,
          amount: toMoney(amountMinor, currencyCode),
        })),
        charges: page.charges.map(toCharge),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: countCharges(page.sums),
      });
    },
  );

  app.get<StatementRoute>(
    '/statements/:month([^/.]+).csv',
    {
      schema: describeOperation({
        operationId: 'GetStatementCsv',
        summary: 'Get the statement of a month as CSV',
        description:
          'All lines, for a spreadsheet or a program. The file of a month that is not complete says so in its name.',
        tag: 'Charges',
        params: StatementPath,
        response: StatementCsv,
        responseType: 'text/csv',
        responseExamples: STATEMENT_CSV_EXAMPLES,
        errors: STATEMENT_CSV_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const month = getStatementMonth(context, request.params.month);
      const texts = toStatementCsv(month.name, readStatement(context, projectId, month));
      // Before the head of the answer: when the database is away, the client is told.
      const first = await texts.next();
      const file = `statement-${month.name}${month.isComplete ? '' : '-incomplete'}.csv`;
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${file}"`)
        .send(Readable.from(resume(first.value ?? '', texts), { objectMode: false }));
    },
  );
}

async function* resume(
  first: string,
  others: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  yield first;
  yield* others;
}
