import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';

import { issueToken } from '../app/access-token.ts';
import type { Context } from '../context.ts';
import { type Principal, verifyBasic, verifyKey } from './auth.ts';
import { sendJson } from './send-json.ts';
import { describeAnswer, FAULT_ANSWERS } from './v1/describe-operation.ts';
import type { Examples } from './v1/examples.ts';

/** `POST /oauth2/token`: exchanges a key and its secret for a bearer token (contract 1.2). */
export function registerToken(app: FastifyInstance, context: Context): void {
  app.post(
    '/oauth2/token',
    {
      schema: {
        operationId: 'CreateToken',
        summary: 'Exchange a key for an access token',
        description:
          'Client credentials of OAuth 2.0: Basic authentication with the key id and its secret. A token lives for an hour.',
        tags: ['Access tokens'],
        security: [{ Basic: [] }],
        consumes: ['application/x-www-form-urlencoded'],
        body: Type.Object({ grant_type: Type.Literal('client_credentials') }),
        'x-body-examples': {
          credentials: {
            summary: 'Client credentials',
            value: { grant_type: 'client_credentials' },
          },
        },
        response: {
          200: describeAnswer('Done.', 'Token', TOKEN_EXAMPLES),
          400: describeAnswer('The grant type is another one.', 'TokenError', GRANT_TYPE_EXAMPLES),
          401: describeAnswer('The key id or its secret is wrong.', 'TokenError', CLIENT_EXAMPLES),
          ...FAULT_ANSWERS,
        },
      } as object,
    },
    async (request, reply) => {
      const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
      void reply.header('cache-control', 'no-store');
      const principal = await findClient(context, request, form);
      if (principal === undefined) {
        void reply.header('www-authenticate', 'Basic realm="numberyard"');
        return sendJson(reply.code(401), INVALID_CLIENT);
      }
      if (form.get('grant_type') !== 'client_credentials') {
        return sendJson(reply.code(400), UNSUPPORTED_GRANT_TYPE);
      }
      const { token, expiresInSeconds } = await issueToken(context, principal);
      return sendJson(reply, {
        access_token: token,
        expires_in: expiresInSeconds,
        scope: '',
        token_type: 'bearer',
      });
    },
  );
}

export const Token = Type.Object(
  {
    access_token: Type.String({ description: 'A JWT.' }),
    expires_in: Type.Integer({ description: 'Seconds.', examples: [3599] }),
    scope: Type.String({ description: 'Always empty.', examples: [''] }),
    token_type: Type.Literal('bearer'),
  },
  { $id: 'Token', description: 'A bearer token for the project of the key.' },
);

/** Errors here have the shape of the authorization server, not that of the API. */
export const TokenError = Type.Object(
  {
    error: Type.String({ description: 'A code of OAuth 2.0.', examples: ['invalid_client'] }),
    error_verbose: Type.String({ examples: ['The key id or its secret is wrong.'] }),
    error_description: Type.String({ examples: ['The key id or its secret is wrong.'] }),
    error_hint: Type.String({ examples: [''] }),
  },
  { $id: 'TokenError', description: 'An error in the form of OAuth 2.0.' },
);

const INVALID_CLIENT = toTokenError('invalid_client', 'The key id or its secret is wrong.');
const UNSUPPORTED_GRANT_TYPE = toTokenError(
  'unsupported_grant_type',
  'grant_type must be client_credentials.',
);

const CLIENT_EXAMPLES: Examples = {
  client: { summary: 'Wrong key or secret', value: INVALID_CLIENT },
};
const GRANT_TYPE_EXAMPLES: Examples = {
  grantType: { summary: 'Another grant type', value: UNSUPPORTED_GRANT_TYPE },
};
const TOKEN_EXAMPLES: Examples = {
  token: {
    summary: 'A token',
    value: {
      access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJteS1rZXktaWQifQ.c2lnbmF0dXJl',
      expires_in: 3599,
      scope: '',
      token_type: 'bearer',
    },
  },
};

function toTokenError(error: string, description: string): Static<typeof TokenError> {
  return {
    error,
    error_verbose: description,
    error_description: description,
    error_hint: '',
  };
}

/** The key in the Basic header or, as OAuth also allows, in the form. */
function findClient(
  context: Context,
  request: FastifyRequest,
  form: URLSearchParams,
): Promise<Principal | undefined> {
  const [scheme = '', credential = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'basic') return verifyBasic(context, credential);
  return verifyKey(context, form.get('client_id') ?? '', form.get('client_secret') ?? '');
}
