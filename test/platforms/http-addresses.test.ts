import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toAddress } from '../../src/domain/emergency-address.ts';
import { toTimestamp } from '../../src/domain/timestamp.ts';
import {
  createHttpPlatform,
  PLATFORM_ANSWER_BYTES_MAX,
  PLATFORM_SIGNATURE_HEADER,
  verifyPlatformSignature,
} from '../../src/platforms/http.ts';
import {
  type AddressChange,
  type AddressQuestion,
  PlatformUnavailableError,
} from '../../src/platforms/platform.ts';
import { answering } from '../support/operator-platform.ts';
import { type Responder, startRecordingListener } from '../support/recording-listener.ts';

const NOW = toTimestamp(Temporal.Instant.from('2026-05-01T00:00:10.9Z'));
const NOW_SECONDS = 1_777_593_610;
const SECRET = 'platform-secret';

const ADDRESS = toAddress({ streetNumber: '1', streetInfo: 'Main St', city: 'Reno', state: 'NV' });
const NAMED = { displayName: 'Support line', address: ADDRESS };
const IDENTITY = {
  requestId: '01jw0000000000000000000000-address-3',
  projectId: '37b62a7b-0177-4abc-8def-e10f848de123',
  phoneNumber: '+12125550134',
  requestedAt: toTimestamp(Temporal.Instant.from('2026-05-01T00:00:00Z')),
};
const QUESTION: AddressQuestion = { ...IDENTITY, ...NAMED };
const CHANGE: AddressChange = { ...IDENTITY, sequence: 3, wanted: NAMED };

function connectTo(url: string, timeoutMs = 5_000) {
  return createHttpPlatform({
    url,
    secret: SECRET,
    timeoutMs,
    completionBaseUrl: () => 'https://numbers.example.com/',
    pollAfterMs: 5_000,
    now: () => NOW,
  });
}

async function validateAgainst(respond: Responder, timeoutMs?: number) {
  await using listener = await startRecordingListener(respond);
  await using platform = connectTo(listener.url, timeoutMs);
  return await platform.validateAddress(QUESTION);
}

async function changeAgainst(respond: Responder, timeoutMs?: number) {
  await using listener = await startRecordingListener(respond);
  await using platform = connectTo(listener.url, timeoutMs);
  return await platform.changeAddress(CHANGE);
}

test('messages about addresses carry the documented fields and are signed like the others', async () => {
  await using listener = await startRecordingListener((request, response) => {
    const { action } = JSON.parse(request.body) as { action: string };
    const status = action === 'VALIDATE' ? 'EXACT_MATCH' : 'DONE';
    answering({ status })(request, response, 0);
  });
  await using platform = connectTo(`${listener.url}/provision`);
  await platform.validateAddress(QUESTION);
  await platform.changeAddress(CHANGE);
  await platform.changeAddress({ ...CHANGE, wanted: undefined });
  const common = { ...IDENTITY, service: 'EMERGENCY_ADDRESS' };
  assert.deepEqual(
    listener.requests.map(({ body }) => JSON.parse(body) as unknown),
    [
      { ...common, action: 'VALIDATE', ...NAMED },
      { ...common, action: 'PROVISION', sequence: 3, ...NAMED },
      { ...common, action: 'DEPROVISION', sequence: 3 },
    ],
  );
  for (const { method, path, headers, body } of listener.requests) {
    assert.equal(`${method} ${path}`, 'POST /provision');
    assert.equal(headers['idempotency-key'], IDENTITY.requestId);
    const header = headers[PLATFORM_SIGNATURE_HEADER] as string;
    assert.equal(verifyPlatformSignature(SECRET, header, body, NOW_SECONDS), true);
  }
});

for (const [answer, validation] of [
  [
    { status: 'EXACT_MATCH', message: 'ok\u0000!', correctedAddress: ADDRESS },
    { match: 'EXACT_MATCH', message: 'ok!', corrected: undefined, candidates: [] },
  ],
  [
    { status: 'NEAR_MATCH', correctedAddress: { city: 'Reno', state: 1, country: 'US' } },
    { match: 'NEAR_MATCH', message: '', corrected: toAddress({ city: 'Reno' }), candidates: [] },
  ],
  [
    { status: 'NEAR_MATCH', message: { a: 1 } },
    { match: 'NEAR_MATCH', message: '', corrected: toAddress({}), candidates: [] },
  ],
  [
    { status: 'NO_MATCH', message: 'x'.repeat(300), candidateAddresses: [ADDRESS, 7] },
    {
      match: 'NO_MATCH',
      message: 'x'.repeat(256),
      corrected: undefined,
      candidates: [ADDRESS, toAddress({})],
    },
  ],
  [
    { status: 'NO_MATCH', candidateAddresses: 'none' },
    { match: 'NO_MATCH', message: '', corrected: undefined, candidates: [] },
  ],
] as const) {
  test(`${JSON.stringify(answer).slice(0, 60)} is the validation that it says`, async () => {
    assert.deepEqual(await validateAgainst(answering(answer)), validation);
  });
}

test('of many candidates the first ten are kept', async () => {
  const candidateAddresses = Array.from({ length: 50 }, (_, i) => ({ streetNumber: `${i}` }));
  const { candidates } = await validateAgainst(
    answering({ status: 'NO_MATCH', candidateAddresses }),
  );
  assert.deepEqual(
    candidates.map(({ streetNumber }) => streetNumber),
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  );
});

for (const [statusCode, answer] of [
  [200, { status: 'DONE' }],
  [200, { status: 'exact_match' }],
  [404, { status: 'EXACT_MATCH' }],
  [503, {}],
  [302, {}],
  [200, { status: 'NO_MATCH', message: 'x'.repeat(PLATFORM_ANSWER_BYTES_MAX) }],
] as const) {
  test(`${statusCode} ${JSON.stringify(answer).slice(0, 40)} is no validation`, async () => {
    await assert.rejects(validateAgainst(answering(answer, statusCode)), PlatformUnavailableError);
  });
}

for (const [statusCode, answer, outcome] of [
  [200, { status: 'DONE' }, { outcome: 'DONE' }],
  [200, { status: 'REJECTED' }, { outcome: 'REJECTED', reason: '' }],
  [
    422,
    { status: 'REJECTED', message: 'no such\nhouse' },
    { outcome: 'REJECTED', reason: 'no suchhouse' },
  ],
] as const) {
  test(`${statusCode} ${JSON.stringify(answer)} to a change means ${outcome.outcome}`, async () => {
    assert.deepEqual(await changeAgainst(answering(answer, statusCode)), outcome);
  });
}

for (const [statusCode, answer] of [
  [202, { status: 'ACCEPTED' }],
  [200, {}],
  [429, { status: 'REJECTED' }],
  [401, {}],
  [404, { status: 'DONE' }],
  [500, { status: 'DONE' }],
] as const) {
  test(`after ${statusCode} ${JSON.stringify(answer)} nobody knows what became of a change`, async () => {
    await assert.rejects(changeAgainst(answering(answer, statusCode)), PlatformUnavailableError);
  });
}

test('a platform that says nothing is not waited for longer than the time-out', async () => {
  const silent: Responder = () => {};
  for (const ask of [validateAgainst, changeAgainst]) {
    await assert.rejects(ask(silent, 50), {
      name: 'PlatformUnavailableError',
      message: 'the platform did not answer within 50 ms',
    });
  }
});

test('a question that is open when the platform is disposed of has no answer', async () => {
  const asked = Promise.withResolvers<void>();
  await using listener = await startRecordingListener(() => asked.resolve());
  const platform = connectTo(listener.url);
  const pending = platform.validateAddress(QUESTION);
  await asked.promise;
  await platform[Symbol.asyncDispose]();
  await assert.rejects(pending, { message: 'this server is stopping' });
});
