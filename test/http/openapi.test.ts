import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parse } from 'yaml';

import {
  type Answer,
  buildDescribedApp,
  buildDocument,
  type Media,
} from '../../scripts/openapi-document/document.ts';
import type { Schema } from '../../scripts/openapi-document/schemas.ts';
import { VARIABLES } from '../../src/config.ts';
import { signCallback } from '../../src/domain/callback.ts';
import { MAGIC_TARGETS } from '../../src/platforms/sandbox.ts';
import {
  DOCUMENT,
  findAnswer,
  findOperation,
  jsonOf,
  listProblems,
  OPERATIONS,
  WEBHOOK,
} from '../support/openapi.ts';

test('the document that is checked in is the one that the routes make', async () => {
  assert.deepEqual(DOCUMENT, JSON.parse(JSON.stringify(await buildDocument())));
  const yaml = readFileSync(new URL('../../openapi/v1.yaml', import.meta.url), 'utf8');
  assert.deepEqual(parse(yaml), DOCUMENT);
});

test('every public route is in the document, and every operation of the document is a route', async () => {
  const routes: string[] = [];
  await using app = await buildDescribedApp(async (described) => {
    described.addHook('onRoute', ({ method, url, schema }) => {
      const isHidden = (schema as { hide?: boolean } | undefined)?.hide === true;
      // HEAD comes with GET, and needs no words of its own.
      if (method === 'HEAD') return;
      if (!isHidden || url.startsWith('/v1/')) routes.push(`${String(method)} ${toTemplate(url)}`);
    });
  });
  assert.ok(app.hasRoute({ method: 'GET', url: '/sandbox/clock' }));
  const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  assert.ok(documented.length > 10);
  assert.deepEqual(routes.toSorted(), documented.toSorted());
});

/** `/:phoneNumber([^:/]+)::rent` is `/{phoneNumber}:rent` in the document. */
function toTemplate(url: string): string {
  return url.replaceAll(/(?<!:):(\w+)(?:\([^)]*\))?/g, '{$1}').replaceAll('::', ':');
}

test('every operation says who may call it, what it answers, and how it is called', () => {
  for (const { operation } of OPERATIONS) {
    const { operationId } = operation;
    assert.ok(operation.summary, operationId);
    assert.ok(operation['description'], operationId);
    assert.ok((operation['security'] as object[]).length > 0, operationId);
    for (const status of ['200', '401', '500', '503']) findAnswer(operation, status);
    const labels = operation['x-codeSamples']?.map(({ label }) => label) ?? [];
    for (const label of ['curl', 'JavaScript', 'Python']) assert.ok(labels.includes(label));
    for (const parameter of operation.parameters ?? []) {
      assert.ok(parameter.description, `${operationId} ${parameter.name}`);
    }
  }
});

test('every answer in the document has its headers', () => {
  for (const { operation } of OPERATIONS) {
    for (const status of Object.keys(operation.responses)) {
      const names = Object.keys(findAnswer(operation, status).headers ?? {});
      assert.ok(names.includes('x-request-id'), `${operation.operationId} ${status}`);
      assert.equal(names.includes('www-authenticate'), status === '401');
      assert.equal(names.includes('ratelimit-reset'), status === '429');
      assert.equal(names.includes('retry-after'), ['409', '429', '503'].includes(status));
    }
  }
});

test('every example in the document is valid by its own schema', () => {
  let count = 0;
  for (const { where, media } of listMedia()) {
    assert.ok(Object.keys(media.examples ?? {}).length > 0, `${where} has no example`);
    for (const [name, { value }] of Object.entries(media.examples ?? {})) {
      assert.deepEqual(listProblems(media.schema, value), [], `${where} ${name}`);
      count++;
    }
  }
  assert.ok(count > 60, `${count} examples`);
});

test('an example that is wrong would be found', () => {
  const { schema, examples } = jsonOf(
    findAnswer(findOperation('NumberService_GetActiveNumber').operation, 200),
  );
  const number = examples?.['connected']?.value as Record<string, unknown>;
  assert.deepEqual(listProblems(schema, number), []);
  for (const wrong of [
    { ...number, expireAt: 'tomorrow' },
    { ...number, money: { currencyCode: 'USD' } },
    { ...number, type: 'SATELLITE' },
    { ...number, colour: 'red' },
  ]) {
    assert.equal(listProblems(schema, wrong).length, 1, JSON.stringify(wrong));
  }
});

test('every example of a field or a parameter is valid by its schema', () => {
  const fields = Object.entries(DOCUMENT.components.schemas).flatMap(([name, schema]) =>
    listFieldExamples(name, schema),
  );
  const parameters = [...OPERATIONS, { operation: WEBHOOK }].flatMap(({ operation }) =>
    (operation.parameters ?? [])
      .filter(({ example }) => example !== undefined)
      .map(({ name, schema, example }) => ({ where: name, schema, example })),
  );
  assert.ok(fields.length > 40 && parameters.length > 20);
  for (const { where, schema, example } of [...fields, ...parameters]) {
    // One item of a list stands for the list in a query.
    const value = schema['type'] === 'array' && !Array.isArray(example) ? [example] : example;
    assert.deepEqual(listProblems(schema, value), [], where);
  }
});

test('the guide knows every magic id and the defaults of the configuration', () => {
  const guide = (DOCUMENT['info'] as { description: string }).description;
  for (const { id } of MAGIC_TARGETS) assert.ok(guide.includes(`| \`${id}\` |`), id);
  const waits = VARIABLES.NUMBERYARD_CALLBACK_RETRY_SECONDS[0].split(',');
  const last = waits.pop();
  assert.ok(guide.includes(`after ${waits.join(', ')} and ${last} seconds`));
  const [timeout] = VARIABLES.NUMBERYARD_CALLBACK_TIMEOUT_SECONDS;
  assert.ok(guide.includes(`within ${timeout} seconds`));
  assert.equal(VARIABLES.NUMBERYARD_SANDBOX_DELAY_MS[0], '500');
  assert.ok(guide.includes('half a second'));
});

test('the signature in the guide is that of the body in the guide', () => {
  const guide = (DOCUMENT['info'] as { description: string }).description;
  const [, secret = '', body = '', signature] =
    /with the secret `([^`]+)`, the body\s+```text\n([^`]+)\n```\s+has the signature `(\w+)`/.exec(
      guide,
    ) ?? [];
  assert.equal(signCallback(secret, body), signature);
});

function listMedia(): { where: string; media: Media }[] {
  const answers: [string, Answer][] = OPERATIONS.flatMap(({ operation }) =>
    Object.keys(operation.responses).map((status): [string, Answer] => [
      `${operation.operationId} ${status}`,
      findAnswer(operation, status),
    ]),
  );
  const bodies: [string, Pick<Answer, 'content'>][] = [
    ...OPERATIONS.map(({ operation }) => operation),
    WEBHOOK,
  ].map((operation) => [`${operation.operationId} body`, operation.requestBody ?? {}]);
  return [...answers, ...bodies].flatMap(([where, { content = {} }]) =>
    Object.values(content).map((media) => ({ where, media })),
  );
}

function listFieldExamples(
  where: string,
  schema: unknown,
): { where: string; schema: Schema; example: unknown }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { examples, ...rest } = schema as Schema;
  const own = Array.isArray(examples)
    ? examples.map((example: unknown) => ({ where, schema: rest, example }))
    : [];
  const inner = Object.entries(rest).flatMap(([name, value]) =>
    listFieldExamples(`${where}.${name}`, value),
  );
  return [...own, ...inner];
}
