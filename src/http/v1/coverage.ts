import type { FastifyInstance } from 'fastify';

import { AREAS_AGE_SECONDS_MAX } from '../../app/count-stock.ts';
import { type CoverageGroup, getCoverage } from '../../app/coverage.ts';
import type { Context } from '../../context.ts';
import { formatAmount } from '../../domain/money.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import type { Authenticator } from '../auth.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { COVERAGE_PAGE_SIZE_DEFAULT, CoverageQuery } from './coverage-schemas.ts';
import { describeOperation } from './describe-operation.ts';
import { COVERAGE_ERRORS } from './error-examples.ts';
import { COVERAGE_EXAMPLES } from './examples.ts';
import { readPageToken } from './paging.ts';

const readCoverage = queryReader(CoverageQuery);

export function registerCoverage(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get(
    '/availableNumbers::coverage',
    {
      schema: describeOperation({
        operationId: 'NumberService_GetCoverage',
        summary: 'Count available numbers',
        description:
          'By region, type, area, capabilities and currency, with the lowest prices. The stock is counted in the background, so an answer costs the same whatever its size: `asOf` says when that was, and it is never longer ago than `maxAgeSeconds`. After a while without questions a large stock has to be counted first: that is a 503; then try again.',
        tag: 'Available numbers',
        querystring: CoverageQuery,
        response: 'CoverageResponse',
        responseExamples: COVERAGE_EXAMPLES,
        errors: COVERAGE_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const query = readCoverage(request);
      const filter = {
        regionCode: query.regionCode,
        type: query.type,
        groupBy: query.groupBy ?? 'areaCode',
      };
      const scope = () => JSON.stringify(['coverage', projectId, filter]);
      const page = await getCoverage(context, projectId, {
        ...filter,
        // The signature shows that we wrote it.
        after: readPageToken(pageTokens, scope, query.pageToken) as string | undefined,
        size: query.pageSize ?? COVERAGE_PAGE_SIZE_DEFAULT,
      });
      return sendJson(reply, {
        coverage: page.groups.map(toCoverage),
        asOf: page.asOf,
        maxAgeSeconds: AREAS_AGE_SECONDS_MAX,
        nextPageToken: page.next === undefined ? '' : pageTokens.encode(scope(), page.next),
      });
    },
  );
}

function toCoverage(group: CoverageGroup): Record<string, unknown> {
  const { currencyCode } = group;
  const price = (minor: number) => ({ currencyCode, amount: formatAmount(minor, currencyCode) });
  return {
    regionCode: group.regionCode,
    type: group.type,
    areaCode: group.areaCode,
    locality: group.locality,
    administrativeArea: group.administrativeArea,
    capability: group.capabilities,
    availableCount: group.availableCount,
    lowestSetupPrice: price(group.setupPriceMinorMin),
    lowestMonthlyPrice: price(group.monthlyPriceMinorMin),
  };
}
