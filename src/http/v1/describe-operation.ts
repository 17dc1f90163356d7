import type { FastifySchema } from 'fastify';
import { type TObject, type TSchema, Type } from 'typebox';

import {
  INTERNAL_EXAMPLES,
  PERMISSION_DENIED_EXAMPLES,
  RATE_EXAMPLES,
  UNAUTHENTICATED_EXAMPLES,
  UNAVAILABLE_EXAMPLES,
} from './error-examples.ts';
import type { Examples } from './examples.ts';
import { ProjectPath } from './schemas.ts';

/** One operation of the API as the OpenAPI document shows it. */
export interface OperationDescription {
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  /** Of the path, where it names more than the project. */
  params?: TObject;
  querystring?: TObject;
  /** Has an `$id`. */
  body?: TSchema;
  /** The media type of the body, where it is another than JSON. */
  consumes?: string;
  /** The first is the one of the code samples. */
  bodyExamples?: Examples;
  /** The schema of a 200 answer, or its `$id`. */
  response: string | TSchema;
  /** What a 200 answer is, unless it is JSON. */
  responseType?: string;
  responseExamples: Examples;
  /** What can be wrong here, besides what can be wrong everywhere. */
  errors?: { 400?: Examples; 404?: Examples; 409?: Examples; 413?: Examples; 503?: Examples };
}

/**
 * The schema of a route. It is documentation only: requests are read by `read-request.ts`, in the order
 * authentication first, and answers are written by `wire.ts`.
 */
export function describeOperation(operation: OperationDescription): FastifySchema {
  const { errors = {} } = operation;
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [operation.tag],
    security: [{ Basic: [] }, { OAuth2: [] }],
    params: operation.params ?? ProjectPath,
    ...(operation.consumes === undefined ? {} : { consumes: [operation.consumes] }),
    ...(operation.querystring === undefined ? {} : { querystring: operation.querystring }),
    ...(operation.body === undefined ? {} : describeBody(operation)),
    response: {
      200: describeAnswer(
        'Done.',
        operation.response,
        operation.responseExamples,
        operation.responseType,
      ),
      ...(errors[400] && {
        400: describeError('The request is wrong: `details` names each field.', errors[400]),
      }),
      401: UNAUTHENTICATED_ANSWER,
      403: describeError(
        'The credentials are those of another project.',
        PERMISSION_DENIED_EXAMPLES,
      ),
      ...(errors[404] && { 404: describeError('Not there, or not yours.', errors[404]) }),
      429: describeError(
        'Too many requests a second: the headers say how many there may be.',
        RATE_EXAMPLES,
      ),
      ...(errors[409] && { 409: describeError('Something came in between.', errors[409]) }),
      ...(errors[413] && { 413: describeError('It is too large.', errors[413]) }),
      ...FAULT_ANSWERS,
      ...(errors[503] && { 503: describeUnavailable(errors[503]) }),
    },
  } as FastifySchema;
}

/** By name, so that the document has it once and generated clients have a type for it. */
function describeBody({ body, bodyExamples }: OperationDescription): object {
  const { $id } = body as { $id: string };
  return { body: Type.Ref($id), 'x-body-examples': bodyExamples };
}

function describeError(description: string, examples: Examples): object {
  return describeAnswer(description, 'Error', examples);
}

/** One status of an answer. `schema` may be the `$id` of one. */
export function describeAnswer(
  description: string,
  schema: string | TSchema,
  examples: Examples,
  mediaType = 'application/json',
): object {
  const described = typeof schema === 'string' ? Type.Ref(schema) : schema;
  return { description, content: { [mediaType]: { schema: described, examples } } };
}

export const UNAUTHENTICATED_ANSWER = describeError(
  'No valid credentials. The header says why; a client with a token that has expired gets a new one.',
  UNAUTHENTICATED_EXAMPLES,
);

/** What any route may answer, whatever it was asked. */
export const FAULT_ANSWERS = {
  500: describeError('A fault of the server.', INTERNAL_EXAMPLES),
  503: describeUnavailable({}),
};

function describeUnavailable(examples: Examples): object {
  return describeError('The server is busy: try again.', { ...UNAVAILABLE_EXAMPLES, ...examples });
}
