import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';

import { listCharges } from '../../app/list-charges.ts';
import type { Context } from '../../context.ts';
import { isCurrencyCode } from '../../domain/money.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import { parseTimestamp, type Timestamp } from '../../domain/timestamp.ts';
import { invalidField } from '../../errors.ts';
import type { ChargeFilter, ChargePlace, ChargeSum } from '../../store/charge.ts';
import type { Authenticator } from '../auth.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import {
  CHARGES_ERRORS,
  CHARGES_EXAMPLES,
  CHARGES_PAGE_SIZE_DEFAULT,
  ChargesQuery,
} from './charge-schemas.ts';
import { describeOperation } from './describe-operation.ts';
import { readPageToken } from './paging.ts';
import { countCharges, toCharge, toMoney } from './to-charge.ts';
import { toE164 } from './wire.ts';

const readQuery = queryReader(ChargesQuery);

export function registerCharges(app: FastifyInstance, context: Context, auth: Authenticator): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get(
    '/charges',
    {
      schema: describeOperation({
        operationId: 'ListCharges',
        summary: "List the project's charges",
        description:
          'In pages, the newest first, with what all of them come to. The ledger is append-only: nothing in it is ever changed.',
        tag: 'Charges',
        querystring: ChargesQuery,
        response: 'ChargesResponse',
        responseExamples: CHARGES_EXAMPLES,
        errors: CHARGES_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const query = readQuery(request);
      const { pageSize: size = CHARGES_PAGE_SIZE_DEFAULT, pageToken } = query;
      const filter = toFilter(query);
      const scope = () => JSON.stringify(['charges', projectId, filter]);
      const before = readPageToken(pageTokens, scope, pageToken) as ChargePlace | undefined;
      const page = await listCharges(context, projectId, filter, { before, size });
      return sendJson(reply, {
        charges: page.charges.map(toCharge),
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
        totalSize: countCharges(page.sums),
        totals: toTotals(page.sums),
      });
    },
  );
}

/** @throws DomainError INVALID_ARGUMENT */
function toFilter(query: Static<typeof ChargesQuery>): ChargeFilter {
  const { phoneNumber, rentalId, kind, currencyCode } = query;
  if (currencyCode !== undefined && !isCurrencyCode(currencyCode)) {
    throw invalidField('currencyCode', 'must be the code of a currency by ISO 4217, such as USD.');
  }
  return {
    from: toInstant('from', query.from),
    to: toInstant('to', query.to),
    e164: phoneNumber === undefined ? undefined : toE164(phoneNumber),
    rentalId,
    kind,
    currencyCode,
  };
}

function toInstant(field: string, text: string | undefined): Timestamp | undefined {
  if (text === undefined) return undefined;
  // In a query the plus sign of an offset is a space, unless the client has escaped it.
  const instant = parseTimestamp(text.replace(/ (?=\d\d:?\d\d$)/, '+'));
  // Years of more than four digits are no RFC 3339, and their texts not in the order of time.
  if (instant === undefined || !/^\d/.test(instant)) {
    throw invalidField(field, 'must be an instant by RFC 3339, such as 2026-01-31T00:00:00Z.');
  }
  return instant;
}

/** One amount for each currency. Sums are in the order of currencies. */
function toTotals(sums: readonly ChargeSum[]) {
  const totals = new Map<string, bigint>();
  for (const { currencyCode, amountMinor } of sums) {
    totals.set(currencyCode, (totals.get(currencyCode) ?? 0n) + amountMinor);
  }
  return [...totals].map(([currencyCode, minor]) => toMoney(minor, currencyCode));
}
