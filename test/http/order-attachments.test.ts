import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';

import { ATTACHMENT_BYTES_MAX } from '../../src/http/read-attachment.ts';
import { readOrderAttachment } from '../../src/store/order-attachment.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { addNumberOrder, postForm, toForm, upload } from '../support/number-orders.ts';
import type { Json } from '../support/rentals.ts';
import { basicAuth, OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const ORDER = '01jtcx5b7wq2m8k4s1v9d6n3za';
const BOUNDARY = 'edge';
const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

testOnEachEngine('a document comes out as it went in, up to its largest size', async (start) => {
  await using server = await start();
  await addNumberOrder(server, ORDER);
  for (const size of [1, 6143, 6144, 6145, ATTACHMENT_BYTES_MAX]) {
    const content = Buffer.alloc(size);
    for (let i = 0; i < size; i++) content[i] = (i * 31 + (i >> 8)) % 256;
    const answer = await upload(server, ORDER, 'proof-of-address', { content });
    assert.deepEqual([answer.status, answer.text], [200, '{}']);
    assert.ok(content.equals(await read(server)), `${size} bytes`);
  }
  const [attachment] = await listAttachments(server);
  assert.equal(attachment!.bytes, undefined, 'the size is not of the contract');
  assert.equal((await listAttachments(server)).length, 1, 'each took the place of the one before');
});

testOnEachEngine('one byte more is too large, and leaves what was there', async (start) => {
  await using server = await start();
  await addNumberOrder(server, ORDER, { isFilled: true });
  const content = new Uint8Array(ATTACHMENT_BYTES_MAX + 1);
  for (const headers of [{}, { 'idempotency-key': 'k' }]) {
    const answer = await upload(server, ORDER, 'proof-of-address', { content, headers });
    assert.equal(answer.status, 413, answer.text);
    assert.deepEqual(answer.json.error, {
      code: 413,
      message: 'An attachment may have 5242880 bytes.',
      status: 'CONTENT_TOO_LARGE',
      details: [
        {
          type: 'ContentTooLarge',
          resourceName: 'proof-of-address',
          description: 'An attachment may have 5242880 bytes.',
        },
      ],
    });
  }
  const huge = await upload(server, ORDER, 'proof-of-address', {
    content: new Uint8Array(3 * ATTACHMENT_BYTES_MAX),
  });
  assert.equal(huge.status, 413);
  assert.equal((await read(server)).toString(), 'their-document');
});

testOnEachEngine('what the requirements do not allow is refused by its field', async (start) => {
  await using server = await start();
  await addNumberOrder(server, ORDER);
  for (const [form, fields] of [
    [toForm({ type: 'text/html' }), ['file']],
    [toForm({ documentType: 'PASSPORT' }), ['documentType']],
    [toForm({ type: 'text/html', documentType: '' }), ['file', 'documentType']],
    [toForm({ content: '' }), ['file']],
    [toForm({ documentType: 'x'.repeat(300) }), ['documentType']],
    [withTwoFiles(), ['file']],
    [withoutFile(), ['file']],
    [withManyFields(), ['body']],
  ] as const) {
    const answer = await postForm(server, ORDER, 'proof-of-address', { body: form });
    assert.equal(answer.status, 400, answer.text);
    const { fieldViolations } = answer.json.error.details[0];
    assert.deepEqual(
      fieldViolations.map(({ field }: Json) => field),
      fields,
      answer.text,
    );
  }
  assert.deepEqual(await listAttachments(server), []);
  const typed = toForm({
    type: 'application/PDF; charset=binary',
    fileName: 'Stromrechnung ö.pdf',
  });
  const answer = await postForm(server, ORDER, 'proof-of-address', { body: typed });
  assert.equal(answer.status, 200, answer.text);
  assert.partialDeepStrictEqual(await listAttachments(server), [
    { fileName: 'Stromrechnung ö.pdf', mimeType: 'application/pdf' },
  ]);
});

testOnEachEngine('a file has a type, and a long name loses its end', async (start) => {
  await using server = await start();
  await addNumberOrder(server, ORDER);
  const send = (type: string) =>
    postForm(server, ORDER, 'proof-of-address', {
      body: toRawForm(`content-type: ${type}`),
      headers: { 'content-type': FORM_TYPE },
    });
  for (const type of [
    'application/p\0df',
    'application',
    '/pdf',
    'a/b/c',
    'a b/c',
    `application/${'x'.repeat(116)}`,
  ]) {
    const answer = await send(type);
    assert.equal(answer.status, 400, `${type} ${answer.text}`);
    const [violation] = answer.json.error.details[0].fieldViolations;
    assert.equal(violation.field, 'file');
    assert.match(violation.description, /type such as application/);
  }
  // Long enough, and refused for what the requirements allow.
  const longest = await send(`application/${'x'.repeat(115)}`);
  assert.match(longest.json.error.details[0].fieldViolations[0].description, /one of the types/);

  const emoji = '\u{1F3E0}';
  const fileName = `${'a'.repeat(254)}${emoji}.pdf`;
  const answer = await upload(server, ORDER, 'proof-of-address', { fileName });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await listAttachments(server))[0]!.fileName, `${'a'.repeat(254)}${emoji}`);
});

testOnEachEngine('what is no whole form is refused', async (start) => {
  await using server = await start();
  await addNumberOrder(server, ORDER);
  const part = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n`;
  const head = `${part}content-type: application/pdf\r\n\r\n%PDF`;
  for (const [body, type] of [
    ['{}', 'application/json'],
    ['file=x', 'application/x-www-form-urlencoded'],
    ['', 'multipart/form-data'],
    [head, FORM_TYPE],
    ['no form', FORM_TYPE],
    [`${head}\r\n--${BOUNDARY}`, FORM_TYPE],
  ] as const) {
    const headers = { 'content-type': type };
    const answer = await postForm(server, ORDER, 'proof-of-address', { body, headers });
    assert.equal(answer.status, 400, `${type} ${body} ${answer.text}`);
  }
  const whole = await postForm(server, ORDER, 'proof-of-address', {
    body: `${part}\r\n%PDF\0\r\n--${BOUNDARY}--\r\n`.replace(
      '\r\n\r\n',
      '\r\ncontent-type: application/pdf\r\n\r\n',
    ),
    headers: { 'content-type': FORM_TYPE },
  });
  // It has no documentType, which is the only thing that is wrong with it.
  assert.equal(whole.json.error.details[0].fieldViolations[0].field, 'documentType', whole.text);
});

testOnEachEngine(
  'a client that goes in the middle leaves nothing, and nobody waiting',
  async (start) => {
    await using server = await start();
    await addNumberOrder(server, ORDER);
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      [
        `POST /v1/projects/${PROJECT.id}/numberOrders/${ORDER}/attachments/proof-of-address HTTP/1.1`,
        'host: localhost',
        `authorization: ${basicAuth(PROJECT)}`,
        `content-type: ${FORM_TYPE}`,
        'content-length: 100000',
        '',
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc`,
      ].join('\r\n'),
    );
    socket.destroy();
    await once(socket, 'close');
    assert.deepEqual(await listAttachments(server), []);
    assert.equal((await upload(server, ORDER, 'proof-of-address')).status, 200);
  },
);

testOnEachEngine(
  'with a key it is stored once, and another document is another request',
  async (start) => {
    await using server = await start();
    await addNumberOrder(server, ORDER);
    const headers = { 'idempotency-key': 'k' };
    const send = (content: string) =>
      upload(server, ORDER, 'proof-of-address', { content, headers });
    assert.equal((await send('first')).status, 200);
    assert.equal(
      (await upload(server, ORDER, 'proof-of-address', { content: 'second' })).status,
      200,
    );
    assert.equal((await send('first')).status, 200, 'in another boundary');
    assert.equal((await read(server)).toString(), 'second');
    assert.equal((await send('third')).status, 422);
  },
);

testOnEachEngine('the open orders of a project have no more bytes than they may', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX: '100' });
  const ids = ['order-a', 'order-b', 'order-c'];
  for (const id of ids) await addNumberOrder(server, id);
  const send = (id: string, bytes: number, project = PROJECT) =>
    upload(server, id, 'proof-of-address', { content: 'x'.repeat(bytes), project });
  // At once, and each would fit alone.
  const answers = await Promise.all(ids.map((id) => send(id, 40)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 2);
  const refused = answers.find(({ status }) => status === 400)!;
  assert.partialDeepStrictEqual(refused.json.error.details[0].violations[0], {
    type: 'ATTACHMENTS_LIMIT',
    subject: PROJECT.id,
    limit: '100',
    used: '80',
  });
  const [first = '', second = ''] = ids.filter((_, i) => answers[i]?.status === 200);
  assert.equal((await send(first, 60)).status, 200, 'it takes the place of forty');
  assert.equal((await send(first, 61)).status, 400);
  const theirs = { id: 'order-d', project: OTHER_PROJECT };
  await addNumberOrder(server, theirs.id, theirs);
  assert.equal((await send(theirs.id, 100, OTHER_PROJECT)).status, 200);
  // What is over is not counted.
  await server.server.context.store.write((db) =>
    db.run("UPDATE number_order SET state = 'EXPIRED' WHERE id = ?", second),
  );
  assert.equal((await send(first, 100)).status, 200);
});

testOnEachEngine('an order that is over takes no documents', async (start) => {
  await using server = await start();
  for (const [i, state] of (['IN_REVIEW', 'COMPLETED', 'REJECTED', 'EXPIRED'] as const).entries()) {
    const id = `order-${i}`;
    await addNumberOrder(server, id, { state });
    const answer = await upload(server, id, 'proof-of-address');
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error.details[0].violations[0].type, 'ORDER_STATE', state);
  }
});

function read({ server }: TestServer): Promise<Buffer> {
  return server.context.store.read((db) =>
    readOrderAttachment(db, PROJECT.id, ORDER, 'proof-of-address'),
  );
}

async function listAttachments(server: TestServer): Promise<Json[]> {
  return (await server.call('GET', `/numberOrders/${ORDER}/registration`)).json.attachments;
}

/** A form as bytes on the wire, with a header that no client library would send. */
function toRawForm(header: string): string {
  const field = (name: string, more: string, value: string) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const type = field('documentType', '', 'UTILITY_BILL');
  const file = field('file', `; filename="a.pdf"\r\n${header}`, '%PDF');
  return `${type}${file}--${BOUNDARY}--\r\n`;
}

function withTwoFiles(): FormData {
  const form = toForm();
  form.append('file', new Blob(['another']), 'b.pdf');
  return form;
}

function withoutFile(): FormData {
  const form = new FormData();
  form.append('documentType', 'UTILITY_BILL');
  return form;
}

function withManyFields(): FormData {
  const form = toForm();
  for (let i = 0; i < 11; i++) form.append(`field${i}`, 'x');
  return form;
}
