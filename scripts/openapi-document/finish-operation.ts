import { KEY_HEADER } from '../../src/app/act-once.ts';
import { REPLAYED_HEADER } from '../../src/http/answer-once.ts';
import { toCodeSamples } from './code-samples.ts';
import type { Media, Operation, Parameter } from './document.ts';
import type { Schema } from './schemas.ts';

/** Completes what the framework's own description of a route leaves out. */
export function finishOperation(
  operation: Operation,
  method: string,
  path: string,
  schemas: Record<string, Schema>,
): void {
  for (const parameter of operation.parameters ?? []) finishParameter(parameter);
  const media = finishBody(operation, schemas);
  addHeaders(operation);
  operation['x-codeSamples'] = toCodeSamples({
    operationId: operation.operationId,
    method: method.toUpperCase(),
    // The project stays a variable: everybody has another one.
    path: path.replaceAll(/\{(?!projectId)(\w+)\}/g, (_, name: string) =>
      String(findExample(operation, name)),
    ),
    query: Object.fromEntries(
      (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'query' && parameter.required)
        .map((parameter) => [parameter.name, String(parameter.example)]),
    ),
    body: Object.values(media?.examples ?? {})[0]?.value,
    isTextAnswer: !isJson(operation.responses['200']),
    mediaType: Object.keys(operation.requestBody?.content ?? {})[0],
  });
}

function isJson(answer: Operation['responses'][string] | undefined): boolean {
  return (
    answer !== undefined && !('$ref' in answer) && 'application/json' in (answer.content ?? {})
  );
}

/** Other spellings that the server takes are told in words: they are for clients that cannot be changed. */
function finishParameter(parameter: Parameter): void {
  const { 'x-aliases': aliases, 'x-ignored': ignored, ...schema } = parameter.schema;
  const sentences = [parameter.description ?? ''];
  if (schema['type'] === 'array') {
    sentences.push('Repeat the parameter for several, or join them with commas.');
  }
  if (Array.isArray(aliases)) sentences.push(`Also taken as ${toList(aliases)}.`);
  if (Array.isArray(ignored)) sentences.push(`The values ${toList(ignored)} are ignored.`);
  parameter.description = sentences.filter((sentence) => sentence !== '').join(' ');
  parameter.schema = schema;
}

function finishBody(operation: Operation, schemas: Record<string, Schema>): Media | undefined {
  const { requestBody, 'x-body-examples': examples } = operation;
  delete operation['x-body-examples'];
  if (requestBody === undefined) return undefined;
  const [media] = Object.values(requestBody.content);
  if (media === undefined) throw new Error(`${operation.operationId} has a body of no type`);
  media.examples = examples as NonNullable<Media['examples']>;
  const name = media.schema.$ref?.split('/').at(-1) ?? '';
  // A body that needs nothing may be left out.
  requestBody.required = (schemas[name] ?? media.schema)['required'] !== undefined;
  return media;
}

function addHeaders({ responses, parameters = [] }: Operation): void {
  const mayHaveKey = parameters.some(({ name }) => name === KEY_HEADER);
  for (const [status, answer] of Object.entries(responses)) {
    if ('$ref' in answer) continue;
    answer.headers = {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(status === '401' && {
        'www-authenticate': { $ref: '#/components/headers/WwwAuthenticate' },
      }),
      ...(status === '429' && {
        'ratelimit-limit': { $ref: '#/components/headers/RateLimitLimit' },
        'ratelimit-remaining': { $ref: '#/components/headers/RateLimitRemaining' },
        'ratelimit-reset': { $ref: '#/components/headers/RateLimitReset' },
      }),
      ...(['409', '429', '503'].includes(status) && {
        'retry-after': { $ref: '#/components/headers/RetryAfter' },
      }),
      // Errors are replayed too, but that is where somebody looks for it.
      ...(status === '200' &&
        mayHaveKey && {
          [REPLAYED_HEADER]: { $ref: '#/components/headers/IdempotencyReplayed' },
        }),
    };
  }
}

function findExample(operation: Operation, name: string): unknown {
  return operation.parameters?.find((parameter) => parameter.name === name)?.example;
}

function toList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' or ');
}
