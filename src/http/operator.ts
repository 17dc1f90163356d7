import { hash, timingSafeEqual } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';

/** Lets only the operator pass, who sends NUMBERYARD_OPERATOR_TOKEN as a bearer token. @throws DomainError */
export function assertOperator(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { operatorToken } = context.config;
  const [scheme = '', credential = ''] = (request.headers.authorization ?? '').split(' ');
  // Of hashes, because the comparison takes two texts of one length and must not tell the token's.
  const isRight =
    operatorToken !== undefined &&
    scheme.toLowerCase() === 'bearer' &&
    timingSafeEqual(hash('sha256', credential, 'buffer'), hash('sha256', operatorToken, 'buffer'));
  if (isRight) return;
  void reply.header('www-authenticate', 'Bearer realm="numberyard operator"');
  throw new DomainError('UNAUTHENTICATED', "Send the operator's token as a bearer token.");
}
