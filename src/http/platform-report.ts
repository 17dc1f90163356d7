import type { FastifyInstance } from 'fastify';

import { takePlatformAnswer, toRequestId } from '../app/take-platform-answer.ts';
import { systemClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { isId } from '../domain/id.ts';
import { DomainError, invalidField, resourceNotFound } from '../errors.ts';
import {
  parsePlatformReport,
  PLATFORM_SIGNATURE_HEADER,
  verifyPlatformSignature,
} from '../platforms/http.ts';
import { findProvisioning } from '../store/provisioning.ts';
import { sendJson } from './send-json.ts';

/** Where the operator's platform reports a step that it accepted before (docs/platforms.md). */
export function registerPlatformReport(app: FastifyInstance, context: Context): void {
  const { platform } = context.config;
  if (platform.kind !== 'http') return;
  app.post<{ Params: { provisioningId: string } }>(
    '/platform/v1/provisionings/:provisioningId([^:/]+)::complete',
    { schema: { hide: true } as object },
    async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const signature = request.headers[PLATFORM_SIGNATURE_HEADER];
      const now = Temporal.Instant.from(systemClock.now()).epochMilliseconds / 1000;
      if (
        typeof signature !== 'string' ||
        !verifyPlatformSignature(platform.secret, signature, body, now)
      ) {
        void reply.header('www-authenticate', `Signature header="${PLATFORM_SIGNATURE_HEADER}"`);
        throw new DomainError('UNAUTHENTICATED', 'The signature is missing, wrong or too old.');
      }
      const report = parsePlatformReport(parseJson(body));
      if (report === undefined)
        throw invalidField('body', 'is not a report: see docs/platforms.md.');
      const { provisioningId } = request.params;
      const provisioning = isId(provisioningId)
        ? await context.store.read((db) => findProvisioning(db, provisioningId))
        : undefined;
      if (provisioning === undefined) throw resourceNotFound('Provisioning', provisioningId);
      const isCurrent = report.requestId === toRequestId(provisioning);
      // A report of a step that is over is answered the same, so that a platform may send it twice.
      const taken = isCurrent && (await takePlatformAnswer(context, provisioning, report.answer));
      return sendJson(reply, { taken });
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
