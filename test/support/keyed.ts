import assert from 'node:assert/strict';

import { type Answer, basicAuth, PROJECT, type TestServer } from './test-server.ts';

/** A request of the first project with an idempotency key, to any server. */
export async function callWithKey(
  { url }: { url: string },
  method: string,
  path: string,
  key: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${url}/v1/projects/${PROJECT.id}${path}`, {
    method,
    headers: { authorization: basicAuth(PROJECT), 'idempotency-key': key },
    ...(body === undefined ? {} : { body: toBody(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: JSON.parse(text) as unknown };
}

/** JSON, unless it is a text or a form already. */
function toBody(body: unknown): string | FormData {
  return typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body);
}

/** Whether an answer says of itself that it was given before. */
export function isReplay({ headers }: Pick<Answer, 'headers'>): boolean {
  const value = headers.get('idempotency-replayed');
  assert.ok(value === null || value === 'true');
  return value === 'true';
}

/** Fails unless it is the first answer, byte for byte, and says so. */
export function assertReplay(answer: Answer, first: Answer): void {
  assert.deepEqual(
    [answer.status, answer.text, answer.headers.get('content-type'), isReplay(answer)],
    [first.status, first.text, first.headers.get('content-type'), true],
  );
}

/** How many keys of all projects the database knows. */
export async function countKeys({ server }: TestServer): Promise<number> {
  const [count] = await server.context.store.read((db) =>
    db.column<number>('SELECT count(*) FROM kept_answer'),
  );
  return Number(count);
}
