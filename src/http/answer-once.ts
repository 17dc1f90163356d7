import { hash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { actOnce, KEY_HEADER } from '../app/act-once.ts';
import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { type ErrorCode, invalidField } from '../errors.ts';
import { toErrorAnswer } from './error-response.ts';
import type { ParsedQuery } from './parse-query.ts';
import { sendJson, sendJsonText } from './send-json.ts';

/** As long as the keys of other APIs may be; a UUID has 36. */
export const KEY_CHARACTERS_MAX = 255;
const KEY = new RegExp(`^[\\x21-\\x7e]{1,${KEY_CHARACTERS_MAX}}$`);
/** Keeps the operator's keys apart from those of the project that they are kept with: none of these has a space. */
const OPERATOR_PREFIX = 'operator ';
/** On an answer that was given before. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/** Whose key it is. Another project, or the operator, may use the same one for something else. */
export interface KeyOwner {
  /** Of the operator: the project that the request is about. */
  projectId: ProjectId;
  isOperator?: true;
}

/**
 * Answers a request that changes something; with an `Idempotency-Key` once, and then with the same answer again.
 * What is wrong with a request is found before this is called, and is not kept: it is wrong again each time.
 * @param act the use case, on the context that it is given. It may make any number of writes that return
 * `undefined`, which must leave nothing behind, and one that returns something: the answer is kept in that same
 * transaction, so it must return what the use case returns.
 * @param toAnswer maps that to the body of the answer. It may be called more than once.
 * @param addressOf the number whose emergency address a good answer shows, if it is one that does.
 */
export async function answerOnce<Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  owner: KeyOwner,
  act: (context: Context) => Promise<Result>,
  toAnswer: (result: Result) => unknown,
  addressOf?: E164,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return sendJson(reply, toAnswer(await act(context)));

  const prefix = owner.isOperator === true ? OPERATOR_PREFIX : '';
  const keyed = { key: prefix + parseKey(key), requestHash: hashRequest(request), addressOf };
  const { answer, isReplayed } = await actOnce(context, owner, keyed, act, {
    toAnswer: (result) => ({ status: reply.statusCode, body: JSON.stringify(toAnswer(result)) }),
    toErrorAnswer(error) {
      const { code, ...errorAnswer } = toErrorAnswer(request, error);
      return IS_KEPT[code] ? errorAnswer : undefined;
    },
  });
  if (isReplayed) void reply.header(REPLAYED_HEADER, 'true');
  return sendJsonText(reply.code(answer.status), answer.body);
}

/** The errors that are answers. After the others the same request may be carried out when it comes again. */
const IS_KEPT: Record<ErrorCode, boolean> = {
  INVALID_ARGUMENT: true,
  NOT_FOUND: true,
  ALREADY_EXISTS: true,
  FAILED_PRECONDITION: true,
  CONTENT_TOO_LARGE: true,
  UNAUTHENTICATED: false,
  PERMISSION_DENIED: false,
  ABORTED: false,
  KEY_REUSED: false,
  RESOURCE_EXHAUSTED: false,
  UNAVAILABLE: false,
  INTERNAL: false,
};

function parseKey(header: string | string[]): string {
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw invalidField(KEY_HEADER, `must be 1 to ${KEY_CHARACTERS_MAX} visible ASCII characters.`);
}

/** Of what the request says, not of how it is encoded: a plus sign in the path may arrive as %2B. */
function hashRequest({ method, url, query, body }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  const parts = [method, decodeURIComponent(path), [...(query as ParsedQuery).sent], body ?? ''];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
