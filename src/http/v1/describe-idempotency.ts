import type { FastifySchema, RouteOptions } from 'fastify';
import { Type } from 'typebox';

import { KEY_HEADER } from '../../app/act-once.ts';
import { KEY_CHARACTERS_MAX } from '../answer-once.ts';
import { describeAnswer } from './describe-operation.ts';
import type { Examples } from './examples.ts';
import {
  KEY_REUSED_EXAMPLES,
  KEY_RUNNING_EXAMPLES,
  KEY_TEXT_EXAMPLES,
} from './idempotency-examples.ts';

const MUTATING_METHODS: readonly string[] = ['POST', 'PATCH', 'PUT', 'DELETE'];

const HEADERS = Type.Object({
  [KEY_HEADER]: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: KEY_CHARACTERS_MAX,
      pattern: '^[!-~]+$',
      description:
        'A name of your choice for this request, such as a UUID. Sent again with the same key within 24 hours, it is not carried out again: it gets its first answer. See [trying again](#section/Trying-again).',
      examples: ['5f0c9f3e-6f0e-4d0a-9a53-3f6f2b1c7d10'],
    }),
  ),
});

/** What may be wrong with the key, besides what may be wrong with the request. */
const KEY_ERRORS: Record<number, { description: string; examples: Examples }> = {
  400: {
    description: 'The request is wrong: `details` names each field.',
    examples: KEY_TEXT_EXAMPLES,
  },
  409: {
    description: 'The first request with this key is still under way: try again.',
    examples: KEY_RUNNING_EXAMPLES,
  },
  422: {
    description: 'The key was used for another request.',
    examples: KEY_REUSED_EXAMPLES,
  },
};

/** Adds to every operation that changes something what `answerOnce` makes of an idempotency key: a hook for routes. */
export function describeIdempotency(route: RouteOptions): void {
  if (![route.method].flat().some((method) => MUTATING_METHODS.includes(method))) return;
  const { response, ...schema } = (route.schema ?? {}) as FastifySchema & {
    response?: Record<string, Described>;
  };
  route.schema = { ...schema, headers: HEADERS, response: withKeyErrors(response ?? {}) };
}

interface Described {
  description: string;
  content: { 'application/json': { examples: Examples } };
}

function withKeyErrors(response: Record<string, Described>): Record<string, object> {
  const merged: Record<string, object> = { ...response };
  for (const [status, { description, examples }] of Object.entries(KEY_ERRORS)) {
    const own = response[status];
    merged[status] = describeAnswer(own?.description ?? description, 'Error', {
      ...own?.content['application/json'].examples,
      ...examples,
    });
  }
  return merged;
}
