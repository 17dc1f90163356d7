import type { IncomingMessage as RawRequest } from 'node:http';

import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';

import type { Context } from '../context.ts';
import { isId } from '../domain/id.ts';
import type { Log } from '../log.ts';
import type { Authenticator } from './auth.ts';
import { refuseUnreadable, registerErrorResponses, sendRoutingError } from './error-response.ts';
import { registerOperations } from './operations.ts';
import { parseQuery } from './parse-query.ts';
import { BODY_BYTES_MAX } from './read-request.ts';
import { registerToken, Token, TokenError } from './token.ts';
import { registerAccount } from './v1/account.ts';
import { registerActiveNumbers } from './v1/active-numbers.ts';
import { registerAvailableNumbers } from './v1/available-numbers.ts';
import { registerAvailableRegions } from './v1/available-regions.ts';
import { registerCallbackConfiguration } from './v1/callback-configuration.ts';
import { COMPONENTS } from './v1/components.ts';
import { registerCharges } from './v1/charges.ts';
import { registerCoverage } from './v1/coverage.ts';
import { registerLimits } from './v1/limits.ts';
import { registerNumberEvents } from './v1/number-events.ts';
import { registerRentOrders } from './v1/rent-orders.ts';
import { registerQuotes } from './v1/quotes.ts';
import { registerStatements } from './v1/statements.ts';
import { registerEmergencyAddress } from './v1/emergency-address.ts';
import { describeIdempotency } from './v1/describe-idempotency.ts';
import { registerNumberOrderRegistration } from './v1/number-order-registration.ts';
import { registerNumberOrders } from './v1/number-orders.ts';
import { registerNumberHolds } from './v1/number-holds.ts';

/** The longest path we have is far shorter; the router should not look at more. */
const PARAMETER_CHARACTERS_MAX = 200;
/** A client that sends its request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the idle time of common proxies, so that they close first and no request is lost. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Routes of other parts, registered after the API's own. */
export type Routes = (app: FastifyInstance) => void;

/** The HTTP server with all its routes, not yet listening. */
export async function buildHttpApp(
  context: Context,
  auth: Authenticator,
  others: readonly Routes[] = [],
  beforeRoutes: (app: FastifyInstance) => Promise<void> = async () => {},
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: withoutChildren(context.log),
    // operations.ts writes one line a request, with what we want in it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    genReqId: requestIds(context.ids.ulid()),
    routerOptions: {
      maxParamLength: PARAMETER_CHARACTERS_MAX,
      querystringParser: parseQuery,
    },
    rewriteUrl: (request) => unescapeVerb(request.url ?? '/'),
    frameworkErrors: sendRoutingError,
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, context.ids.ulid()),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });
  // Bodies stay text: they are read after authentication, by a reader that knows the other spellings of names.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.decorateRequest('writtenNames', undefined);
  // Route schemas are documentation: see describe-operation.ts.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  for (const component of [...COMPONENTS, Token, TokenError]) app.addSchema(component);
  registerErrorResponses(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  await beforeRoutes(app);
  registerOperations(app, context);

  registerToken(app, context);
  await app.register(
    (project, _options, done) => {
      project.addHook('onRoute', describeIdempotency);
      registerAvailableNumbers(project, context, auth);
      registerCoverage(project, context, auth);
      registerActiveNumbers(project, context, auth);
      registerEmergencyAddress(project, context, auth);
      registerAvailableRegions(project, context, auth);
      registerCallbackConfiguration(project, context, auth);
      registerNumberEvents(project, context, auth);
      registerRentOrders(project, context, auth);
      registerLimits(project, context, auth);
      registerQuotes(project, context, auth);
      registerAccount(project, context, auth);
      registerNumberHolds(project, context, auth);
      registerCharges(project, context, auth);
      registerStatements(project, context, auth);
      registerNumberOrders(project, context, auth);
      registerNumberOrderRegistration(project, context, auth);
      done();
    },
    { prefix: '/v1/projects/:projectId' },
  );
  for (const register of others) register(app);
  return app;
}

/** One logger for all requests: lines carry the request id themselves. */
function withoutChildren(log: Log): FastifyBaseLogger {
  const shared: Log = Object.create(log, { child: { value: () => shared } }) as Log;
  return shared as FastifyBaseLogger;
}

/** Ids of requests: the client's own, or counted up behind what no other process has. */
function requestIds(process: string): (request: RawRequest) => string {
  let count = 0;
  return (request) => toRequestId(request.headers['x-request-id']) ?? `${process}-${++count}`;
}

/** A client may name its request, in few and harmless characters. */
function toRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && isId(header) ? header : undefined;
}

/** `:rentAny` may arrive as `%3ArentAny`, which is the same name to clients and another one to the router. */
function unescapeVerb(url: string): string {
  if (!url.includes('%')) return url;
  return url.replace(/%3a(?=\w+(?:\?|$))/i, ':');
}
