import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

import type { Context } from '../../context.ts';
import { isId } from '../../domain/id.ts';
import { parseE164 } from '../../domain/phone-number.ts';
import type { ProjectId } from '../../domain/project-id.ts';
import { invalidField, resourceNotFound } from '../../errors.ts';
import { listAttempts, listDeliveries } from '../../store/delivery.ts';
import { listEvents } from '../../store/event.ts';
import { findNumber } from '../../store/number.ts';
import { findProject } from '../../store/project.ts';
import { assertOperator } from '../operator.ts';
import { queryReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';

/** How many events of a number one answer shows, the newest first. */
const EVENTS_MAX = 500;
/** How many of a project's newest deliveries are shown. */
const DELIVERIES_MAX = 100;

/** Events older than the one with this sequence: the last one of an answer leads to the next. */
const readHistory = queryReader(
  Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1 })) }),
);

const HIDDEN = { schema: { hide: true } as object };

/** What an operator looks up when a customer calls: a number's history, a project's callbacks. */
export function registerInspection(app: FastifyInstance, context: Context): void {
  app.get<{ Params: { phoneNumber: string } }>(
    '/admin/v1/numbers/:phoneNumber',
    HIDDEN,
    async (request, reply) => {
      assertOperator(context, request, reply);
      const e164 = parseE164(request.params.phoneNumber);
      if (e164 === undefined)
        throw invalidField('phoneNumber', 'must be a number in E.164 format.');
      const { before } = readHistory(request);
      const [number, events] = await context.store.read((db) =>
        Promise.all([findNumber(db, e164), listEvents(db, e164, EVENTS_MAX, before)]),
      );
      if (number === undefined) throw resourceNotFound('Number', e164);
      const pools = await context.pools.current();
      return sendJson(reply, {
        phoneNumber: e164,
        pool: pools.byId(number.poolId)?.name ?? null,
        state: number.state,
        stateUntil: number.stateUntil,
        holderProjectId: number.holderProjectId,
        locality: number.locality,
        events: events.map((event) => ({
          ...event,
          details: JSON.parse(event.details) as unknown,
        })),
      });
    },
  );

  app.get<{ Params: { projectId: string } }>(
    '/admin/v1/projects/:projectId/deliveries',
    HIDDEN,
    async (request, reply) => {
      assertOperator(context, request, reply);
      // The operator may look at every project.
      const projectId = request.params.projectId as ProjectId;
      if (!isId(projectId)) throw resourceNotFound('Project', projectId);
      const deliveries = await context.store.readRecent(async (db) => {
        if ((await findProject(db, projectId)) === undefined) {
          throw resourceNotFound('Project', projectId);
        }
        const newest = await listDeliveries(db, projectId, DELIVERIES_MAX);
        return Promise.all(
          newest.map(async ({ body, ...delivery }) => ({
            ...delivery,
            body: JSON.parse(body) as unknown,
            attempts: await listAttempts(db, delivery.id),
          })),
        );
      });
      return sendJson(reply, { deliveries });
    },
  );
}
