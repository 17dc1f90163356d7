import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Caller } from '../app/caller.ts';
import type { Context } from '../context.ts';
import { sendJson } from './send-json.ts';

/**
 * Answers a request that changes something.
 * @param act the use case. What its write returns is what it returns itself, so that the answer can be kept in the
 * same transaction as the effect.
 * @param toAnswer maps that to the body of the answer.
 */
export async function answerOnce<Result>(
  _request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  _caller: Caller,
  act: (context: Context) => Promise<Result>,
  toAnswer: (result: Result) => unknown,
): Promise<FastifyReply> {
  return sendJson(reply, toAnswer(await act(context)));
}
