import type { FastifyInstance } from 'fastify';

import {
  getCallbackConfiguration,
  updateCallbackConfiguration,
} from '../../app/callback-configuration.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../../store/project.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { CallbackConfigurationUpdate } from './callback-schemas.ts';
import { describeOperation } from './describe-operation.ts';
import { CALLBACK_CONFIGURATION_ERRORS } from './error-examples.ts';
import { CALLBACK_CONFIGURATION_EXAMPLES, CALLBACK_UPDATE_EXAMPLES } from './examples.ts';

const readUpdate = bodyReader(CallbackConfigurationUpdate);

export function registerCallbackConfiguration(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  app.get(
    '/callbackConfiguration',
    {
      schema: describeOperation({
        operationId: 'GetCallbackConfiguration',
        summary: 'Get the callback configuration',
        description: 'The secret is shown in clear, to whoever has a key of the project.',
        tag: 'Callbacks',
        response: 'CallbackConfiguration',
        responseExamples: CALLBACK_CONFIGURATION_EXAMPLES,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      return sendJson(reply, toWire(await getCallbackConfiguration(context, caller)));
    },
  );

  app.patch(
    '/callbackConfiguration',
    {
      schema: describeOperation({
        operationId: 'UpdateCallbackConfiguration',
        summary: 'Set the secret that signs callbacks',
        description:
          'Callbacks are signed with it from now on, those that wait for another attempt too.',
        tag: 'Callbacks',
        body: CallbackConfigurationUpdate,
        bodyExamples: CALLBACK_UPDATE_EXAMPLES,
        response: 'CallbackConfiguration',
        responseExamples: CALLBACK_CONFIGURATION_EXAMPLES,
        errors: CALLBACK_CONFIGURATION_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const { hmacSecret } = readUpdate(request);
      const act = (once: Context) =>
        hmacSecret === undefined
          ? getCallbackConfiguration(once, caller)
          : updateCallbackConfiguration(once, caller, hmacSecret);
      return answerOnce(request, reply, context, caller, act, toWire);
    },
  );
}

function toWire(project: Project): { projectId: string; hmacSecret: string } {
  return { projectId: project.id, hmacSecret: project.callbackSecret };
}
