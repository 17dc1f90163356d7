import { readFileSync } from 'node:fs';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import type {
  Answer,
  Media,
  OpenApiDocument,
  Operation,
} from '../../scripts/openapi-document/document.ts';
import type { Schema } from '../../scripts/openapi-document/schemas.ts';

/** The document that is checked in. */
export const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../openapi/v1.json', import.meta.url), 'utf8'),
) as OpenApiDocument;

export interface DocumentedOperation {
  method: string;
  path: string;
  operation: Operation;
}

export const OPERATIONS: readonly DocumentedOperation[] = Object.entries(DOCUMENT.paths).flatMap(
  ([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
);

/** What the server sends to callback URLs. */
export const WEBHOOK: Operation = findWebhook();

export function findOperation(operationId: string): DocumentedOperation {
  const found = OPERATIONS.find(({ operation }) => operation.operationId === operationId);
  if (found === undefined) throw new Error(`the document has no ${operationId}`);
  return found;
}

function findWebhook(): Operation {
  const webhook = DOCUMENT.webhooks['numberEvent']?.['post'];
  if (webhook === undefined) throw new Error('the document has no webhook');
  return webhook;
}

/** What an operation answers with a status, wherever in the document that is said. */
export function findAnswer(operation: Operation, status: number | string): Answer {
  const answer = operation.responses[status];
  if (answer === undefined) throw new Error(`${operation.operationId} has no ${status}`);
  if (!('$ref' in answer)) return answer;
  const shared = DOCUMENT.components.responses[answer.$ref.split('/').at(-1) ?? ''];
  if (shared === undefined) throw new Error(`there is no ${answer.$ref}`);
  return shared;
}

export function jsonOf({ content = {} }: Pick<Answer, 'content'>): Media {
  const media = content['application/json'];
  if (media === undefined) throw new Error('no JSON is documented');
  return media;
}

/** What is wrong with a value by a schema of the document; names that no schema has are wrong too. */
export function listProblems(schema: Schema, value: unknown): string[] {
  const validate = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** To compile a schema takes longer than the request whose answer is looked at. */
const compiled = new WeakMap<Schema, ValidateFunction>();

function compile(schema: Schema): ValidateFunction {
  const text = JSON.stringify(close(schema)).replaceAll('"#/components/', '"openapi#/components/');
  return ajv.compile(JSON.parse(text) as Schema);
}

/** A schema that allows nothing besides what it names. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, close(value)]),
  );
  return 'properties' in closed ? { additionalProperties: false, ...closed } : closed;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
ajv.addFormat('binary', true);
ajv.addSchema({ $id: 'openapi', components: { schemas: close(DOCUMENT.components.schemas) } });
