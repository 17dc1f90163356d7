import { isDeepStrictEqual } from 'node:util';

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

import { readPackageVersion } from '../../src/assets.ts';
import { MovableClock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { buildHttpApp } from '../../src/http/app.ts';
import { Authenticator } from '../../src/http/auth.ts';
import { ClockAdvance, registerSandboxClock, SandboxClock } from '../../src/http/sandbox/clock.ts';
import { createIds } from '../../src/ids.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type CodeSample, SAMPLE_ORIGIN } from './code-samples.ts';
import { finishOperation } from './finish-operation.ts';
import { readGuide } from './guide.ts';
import { type Schema, toComponents } from './schemas.ts';
import { NUMBER_EVENT } from './webhook.ts';

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, object>;
    headers: Record<string, object>;
    responses: Record<string, Answer>;
    schemas: Record<string, Schema>;
  };
  [key: string]: unknown;
}

export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, Answer | Reference>;
  'x-codeSamples'?: CodeSample[];
  [key: string]: unknown;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  description?: string;
  required?: boolean;
  example?: unknown;
  schema: Schema;
}

export interface Answer {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, Media>;
}

export interface Reference {
  $ref: string;
}

export interface Media {
  schema: Schema;
  examples?: Record<string, { summary: string; value: unknown }>;
}

/** The OpenAPI document, from the schemas of the routes. */
export async function buildDocument(): Promise<OpenApiDocument> {
  await using app = await buildDescribedApp(async (described) => {
    // The sandbox's own, before any route: what is added later resets what the routes are compiled with.
    for (const schema of [ClockAdvance, SandboxClock]) described.addSchema(schema);
    await described.register(swagger, {
      openapi: DESCRIPTION,
      convertConstToEnum: false,
      refResolver: { buildLocalReference: (schema) => schema['$id'] as string },
    });
  });
  const document = app.swagger() as unknown as OpenApiDocument;
  const schemas = toComponents(Object.values(app.getSchemas()) as Schema[]);
  const responses: Record<string, Answer> = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      finishOperation(operation, method, path, schemas);
      shareResponses(operation, responses);
    }
  }
  return {
    ...document,
    webhooks: { numberEvent: { post: NUMBER_EVENT } },
    components: { securitySchemes: SECURITY_SCHEMES, headers: HEADERS, responses, schemas },
  };
}

/** Errors that most operations have, by their status. */
const SHARED_RESPONSES: Record<string, string> = {
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  409: 'KeyRunning',
  422: 'KeyReused',
  500: 'Internal',
  503: 'Unavailable',
};

/** Has the document say once what is the same for many operations: it is half as long then. */
function shareResponses(operation: Operation, shared: Record<string, Answer>): void {
  for (const [status, name] of Object.entries(SHARED_RESPONSES)) {
    const answer = operation.responses[status];
    if (answer === undefined || '$ref' in answer || !isApiError(answer)) continue;
    shared[name] ??= answer;
    if (isDeepStrictEqual(shared[name], answer)) {
      operation.responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
}

/** The token endpoint has others. */
function isApiError({ content }: Answer): boolean {
  return content?.['application/json']?.schema.$ref === '#/components/schemas/Error';
}

/**
 * The server's routes, described but not served: there is no database behind them. `beforeRoutes` sees
 * every route that is registered.
 */
export async function buildDescribedApp(
  beforeRoutes: (app: FastifyInstance) => Promise<void>,
): Promise<FastifyInstance> {
  const clock = new MovableClock(systemClock);
  const context = {
    config: loadConfig({}),
    // Routes are described here and not called, so nothing asks the database.
    store: { standby: undefined },
    clock,
    ids: createIds(clock),
    log: createLog('silent'),
    metrics: createMetrics(),
    tokenKey: new Uint8Array(32),
  } as unknown as Context;
  const auth = new Authenticator(context);
  const app = await buildHttpApp(
    context,
    auth,
    [(routes) => registerSandboxClock(routes, context, auth, clock, async () => {})],
    beforeRoutes,
  );
  await app.ready();
  return app;
}

const HEADERS = {
  RequestId: {
    description: "The request's name: the client's own, or one that the server made.",
    schema: { type: 'string' },
    example: '01jtcx4m9sf3v8b2k7r6w5n1qa',
  },
  WwwAuthenticate: {
    description: 'Why. It contains the word `expired` when a token has expired, and only then.',
    schema: { type: 'string' },
    example: 'Bearer error="invalid_token", error_description="Jwt is expired"',
  },
  RetryAfter: {
    description: 'How many seconds to wait.',
    schema: { type: 'integer' },
    example: 1,
  },
  RateLimitLimit: {
    description: 'Requests a second that are allowed: of the limit that is nearest.',
    schema: { type: 'integer' },
    example: 50,
  },
  RateLimitRemaining: {
    description: 'Requests that may follow at once.',
    schema: { type: 'integer' },
    example: 0,
  },
  RateLimitReset: {
    description: 'Seconds until the whole rate is free again.',
    schema: { type: 'integer' },
    example: 1,
  },
  IdempotencyReplayed: {
    description:
      'Only on an answer that was given before, to a request with the same `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
};

const SECURITY_SCHEMES = {
  Basic: {
    type: 'http' as const,
    scheme: 'basic',
    description: 'The id of an access key as the user name, its secret as the password.',
  },
  OAuth2: {
    type: 'oauth2' as const,
    description: 'A token from `/oauth2/token`, sent as `authorization: Bearer …`.',
    flows: { clientCredentials: { tokenUrl: '/oauth2/token', scopes: {} } },
  },
};

const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'Numberyard',
    version: readPackageVersion(),
    description: readGuide(),
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [
    {
      url: '{origin}',
      description: 'Your server',
      variables: {
        origin: { default: SAMPLE_ORIGIN, description: 'Where it listens, without a slash.' },
      },
    },
  ],
  tags: [
    { name: 'Available numbers', description: 'What can be rented: search it, and rent.' },
    {
      name: 'Number holds',
      description: 'Numbers that are set aside for the project, while somebody decides or pays.',
    },
    {
      name: 'Active numbers',
      description:
        'What the project rents. A number is active from its rent until `expireAt`, which a release sets.',
    },
    {
      name: 'Rent orders',
      description: 'Many numbers with one request, each with its own outcome.',
    },
    {
      name: 'Limits',
      description: 'What the project may have and spend, and how much of it is left.',
    },
    {
      name: 'Charges',
      description: 'What the project was charged, line by line and month by month.',
    },
    {
      name: 'Emergency addresses',
      description:
        'Where help is sent when somebody calls an emergency service from a number. In the sandbox local numbers of the US and Canada can have one.',
    },
    { name: 'Available regions', description: 'Where there are numbers.' },
    {
      name: 'Callbacks',
      description: 'What a number reports to its `callbackUrl`, and how that is signed.',
    },
    {
      name: 'History',
      description: 'What has happened to a number; nothing of it is ever changed.',
    },
    {
      name: 'Access tokens',
      description: 'A key may be used as it is, or exchanged for a token as the SDKs do.',
    },
    {
      name: 'Sandbox clock',
      description: 'The clock of a server in sandbox mode. Others answer 404 here.',
    },
  ],
  components: { securitySchemes: SECURITY_SCHEMES },
};
