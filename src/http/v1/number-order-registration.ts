import type { FastifyInstance } from 'fastify';

import { getOrderRegistration } from '../../app/get-order-registration.ts';
import { updateOrderRegistration } from '../../app/update-order-registration.ts';
import { uploadOrderAttachment } from '../../app/upload-order-attachment.ts';
import type { Context } from '../../context.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { readAttachment } from '../read-attachment.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { EMPTY_EXAMPLES } from './emergency-address-examples.ts';
import {
  ATTACHMENT_ERRORS,
  ATTACHMENT_EXAMPLES,
  NUMBER_ORDER_NOT_FOUND,
  REGISTRATION_ERRORS,
  REGISTRATION_EXAMPLES,
  REGISTRATION_REQUEST_EXAMPLES,
} from './number-order-examples.ts';
import {
  NumberOrderAttachmentPath,
  NumberOrderAttachmentRequest,
  NumberOrderPath,
  NumberOrderRegistrationRequest,
  REGISTRATION_BODY_BYTES_MAX,
} from './number-order-schemas.ts';
import { fromRequestDetails, toRegistration } from './number-order-wire.ts';
import { NUMBER_ORDERS_TAG } from './number-orders.ts';

const readRegistration = bodyReader(NumberOrderRegistrationRequest);
const PATH = '/numberOrders/:numberOrderId/registration';

interface Route {
  Params: { numberOrderId: string };
}

/** What a client says with its order: the registration, and the documents to it. */
export function registerNumberOrderRegistration(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  app.get<Route>(
    PATH,
    {
      schema: describeOperation({
        operationId: 'GetNumberOrderRegistration',
        summary: 'Get the registration of a number order',
        description: 'With the attachments that are there, and what reviewers have written.',
        tag: NUMBER_ORDERS_TAG,
        params: NumberOrderPath,
        response: 'NumberOrderRegistration',
        responseExamples: REGISTRATION_EXAMPLES,
        errors: NUMBER_ORDER_NOT_FOUND,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const { numberOrderId } = request.params;
      const registration = await getOrderRegistration(context, projectId, numberOrderId);
      return sendJson(reply, toRegistration(registration));
    },
  );

  app.put<Route>(
    PATH,
    {
      bodyLimit: REGISTRATION_BODY_BYTES_MAX,
      schema: describeOperation({
        operationId: 'UpdateNumberOrderRegistration',
        summary: 'Fill in the registration of a number order',
        description:
          'In place of what was there. It is checked by the requirements at once: the error names each field that does not meet them.',
        tag: NUMBER_ORDERS_TAG,
        params: NumberOrderPath,
        body: NumberOrderRegistrationRequest,
        bodyExamples: REGISTRATION_REQUEST_EXAMPLES,
        response: 'NumberOrderRegistration',
        responseExamples: REGISTRATION_EXAMPLES,
        errors: REGISTRATION_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const data = fromRequestDetails(readRegistration(request).requestDetails);
      const { numberOrderId } = request.params;
      const act = (once: Context) => updateOrderRegistration(once, caller, numberOrderId, data);
      return answerOnce(request, reply, context, caller, act, toRegistration);
    },
  );

  // Everywhere else bodies are text: this is the one route with a file in its body.
  void app.register((route, _options, done) => {
    route.addContentTypeParser('multipart/form-data', (_request, body, next) => next(null, body));
    registerAttachment(route, context, auth);
    done();
  });
}

function registerAttachment(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.post<{ Params: { numberOrderId: string; attachmentId: string } }>(
    '/numberOrders/:numberOrderId/attachments/:attachmentId',
    {
      schema: describeOperation({
        operationId: 'UploadNumberOrderAttachment',
        summary: 'Upload an attachment of a number order',
        description:
          'One of those that the requirements name, in place of what was uploaded for it before. At most 5 MiB.',
        tag: NUMBER_ORDERS_TAG,
        params: NumberOrderAttachmentPath,
        body: NumberOrderAttachmentRequest,
        bodyExamples: ATTACHMENT_EXAMPLES,
        consumes: 'multipart/form-data',
        response: 'Empty',
        responseExamples: EMPTY_EXAMPLES,
        errors: ATTACHMENT_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const { numberOrderId, attachmentId } = request.params;
      const file = await readAttachment(request, attachmentId);
      const act = (once: Context) =>
        uploadOrderAttachment(once, caller, numberOrderId, attachmentId, file);
      return answerOnce(request, reply, context, caller, act, () => ({}));
    },
  );
}
