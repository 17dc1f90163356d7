import assert from 'node:assert/strict';

import { isEditable, isOver, type NumberOrderState } from '../../src/domain/number-order.ts';
import { addDays } from '../../src/domain/timestamp.ts';
import { insertNumberOrder } from '../../src/store/number-order.ts';
import { putOrderAttachment } from '../../src/store/order-attachment.ts';
import type { Json } from './rentals.ts';
import { basicAuth, PROJECT, STOCK, type TestPool, type TestServer } from './test-server.ts';

/** A pool for which the default requirements ask for documents. */
const GERMAN: TestPool = {
  name: 'de-local',
  regionCode: 'DE',
  capabilities: ['VOICE'],
  currencyCode: 'EUR',
  setupPriceMinor: 100,
  monthlyPriceMinor: 110,
  documentationRequired: true,
  first: '+493023125000',
  size: 20,
};
export const GERMAN_STOCK: readonly TestPool[] = [...STOCK, GERMAN];
export const GERMAN_NUMBER = GERMAN.first;
export const DE_LOCAL = { regionCode: 'DE', numberType: 'LOCAL' };

/** A registration that meets the requirements; `name` may be a magic one. */
export function toRequestDetails(name = 'Example GmbH'): { data: Json[] } {
  return {
    data: [
      { endUserType: 'BUSINESS', name, contactEmail: 'numbers@example.com' },
      { street: 'Beispielstr. 1', city: 'Berlin', postalCode: '10115', countryCode: 'DE' },
    ],
  };
}

export async function createOrder(
  server: TestServer,
  more: object = {},
  project = PROJECT,
): Promise<Json> {
  const body = { ...DE_LOCAL, numberOrderOption: { phoneNumbers: [GERMAN_NUMBER] }, ...more };
  const path = '/numberOrders:createNumberOrder';
  const answer = await server.call('POST', path, { body, project });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Everything that the requirements ask for. */
export async function fillOrder(
  server: TestServer,
  id: string,
  name?: string,
  project = PROJECT,
): Promise<void> {
  const registered = await server.call('PUT', `/numberOrders/${id}/registration`, {
    body: { requestDetails: toRequestDetails(name) },
    project,
  });
  assert.equal(registered.status, 200, registered.text);
  for (const [attachmentId, documentType] of [
    ['proof-of-identity', 'PASSPORT'],
    ['proof-of-address', 'UTILITY_BILL'],
  ] as const) {
    const answer = await upload(server, id, attachmentId, { documentType, project });
    assert.equal(answer.status, 200, answer.text);
  }
}

export async function submit(server: TestServer, id: string, project = PROJECT) {
  return server.call('POST', `/numberOrders/${id}/submit`, { project });
}

/** An order in review that waits for a person. */
export async function submitForPerson(server: TestServer, more: object = {}): Promise<string> {
  const { idNumberOrder: id } = await createOrder(server, more);
  await fillOrder(server, id, 'IN_REVIEW');
  const { json } = await submit(server, id);
  assert.equal(json.state, 'IN_REVIEW');
  return id;
}

interface Upload {
  content?: string | Uint8Array<ArrayBuffer>;
  type?: string;
  documentType?: string;
  fileName?: string;
  headers?: Record<string, string>;
  project?: typeof PROJECT;
}

export async function upload(
  server: TestServer,
  id: string,
  attachmentId: string,
  { headers = {}, project = PROJECT, ...form }: Upload = {},
) {
  return postForm(server, id, attachmentId, { body: toForm(form), headers, project });
}

export async function postForm(
  server: TestServer,
  id: string,
  attachmentId: string,
  {
    body,
    headers = {},
    project = PROJECT,
  }: { body: FormData | string; headers?: Record<string, string>; project?: typeof PROJECT },
) {
  const path = `/v1/projects/${project.id}/numberOrders/${id}/attachments/${attachmentId}`;
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: basicAuth(project), ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) as Json };
}

export async function getState(server: TestServer, id: string): Promise<string> {
  return (await server.call('GET', `/numberOrders/${id}`)).json.state;
}

/** An order for no numbers with a certain id, as examples and other tests name it. */
export async function addNumberOrder(
  { server }: TestServer,
  id: string,
  {
    state = 'CREATED',
    isFilled = false,
    project = PROJECT,
  }: { state?: NumberOrderState; isFilled?: boolean; project?: typeof PROJECT } = {},
): Promise<void> {
  const { store, clock } = server.context;
  const now = clock.now();
  const isOpen = isEditable(state);
  await store.write(async (db) => {
    await insertNumberOrder(db, {
      id,
      projectId: project.id,
      state,
      regionCode: 'DE',
      numberType: 'LOCAL',
      request: '{}',
      registration: isFilled ? JSON.stringify(toRequestDetails().data) : null,
      actor: project.keyId,
      requestId: null,
      createdAt: now,
      updatedAt: now,
      expireAt: isOpen ? addDays(now, 2) : null,
      reviewAt: null,
      dataKeptSince: isOver(state) ? now : null,
      dataDeletedAt: null,
    });
    if (!isFilled) return;
    for (const attachmentId of ['proof-of-identity', 'proof-of-address']) {
      const content = Buffer.from('their-document');
      const times = { createdAt: now, updatedAt: now };
      const named = { fileName: 'a.pdf', mimeType: 'application/pdf', documentType: 'PASSPORT' };
      const attachment = { orderId: id, attachmentId, ...named, bytes: content.length, ...times };
      await putOrderAttachment(db, attachment, content);
    }
  });
}

/** A form with a document. */
export function toForm({
  content = '%PDF-1.7',
  type = 'application/pdf',
  documentType = 'UTILITY_BILL',
  fileName = 'bill.pdf',
}: Upload = {}): FormData {
  const form = new FormData();
  form.append('documentType', documentType);
  form.append('file', new Blob([content], { type }), fileName);
  return form;
}
