import type { FastifyInstance } from 'fastify';

import { listAvailableRegions } from '../../app/list-available-regions.ts';
import type { Context } from '../../context.ts';
import type { Authenticator } from '../auth.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { REGION_ERRORS } from './error-examples.ts';
import { REGIONS_EXAMPLES } from './examples.ts';
import { AvailableRegionsQuery } from './schemas.ts';

const readRegions = queryReader(AvailableRegionsQuery);

export function registerAvailableRegions(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  app.get(
    '/availableRegions',
    {
      schema: describeOperation({
        operationId: 'NumberService_ListAvailableRegions',
        summary: 'List the regions that have numbers',
        description:
          'Those with numbers that this project may rent, also while all of them are rented.',
        tag: 'Available regions',
        querystring: AvailableRegionsQuery,
        response: 'AvailableRegionsResponse',
        responseExamples: REGIONS_EXAMPLES,
        errors: REGION_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const { types = [] } = readRegions(request);
      return sendJson(reply, {
        availableRegions: await listAvailableRegions(context, projectId, types),
      });
    },
  );
}
