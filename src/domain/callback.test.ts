import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  callbackEventType,
  describeCallbackUrlProblem,
  signCallback,
  toCallbackPayload,
  toFailureCode,
} from './callback.ts';
import { PROVISIONING_ERROR_CODES } from './provisioning.ts';
import type { Timestamp } from './timestamp.ts';

test('a payload has the keys of the contract in their order and a timestamp without a zone', () => {
  assert.equal(
    toCallbackPayload({
      eventId: '01hpa0mww4m79q8j2dwn3ggbgz',
      at: '2026-04-19T21:38:22.937044Z' as Timestamp,
      projectId: '37b62a7b-0177-4abc-8def-e10f848de123',
      resourceId: '+17818510001',
      resourceType: 'ACTIVE_NUMBER',
      eventType: 'PROVISIONING_TO_CAMPAIGN',
      status: 'FAILED',
      failureCode: 'CAMPAIGN_NOT_AVAILABLE',
      internalFailureCode: 'CRS0018',
    }),
    '{"eventId":"01hpa0mww4m79q8j2dwn3ggbgz","timestamp":"2026-04-19T21:38:22.937044",' +
      '"projectId":"37b62a7b-0177-4abc-8def-e10f848de123","resourceId":"+17818510001",' +
      '"resourceType":"ACTIVE_NUMBER","eventType":"PROVISIONING_TO_CAMPAIGN","status":"FAILED",' +
      '"failureCode":"CAMPAIGN_NOT_AVAILABLE","internalFailureCode":"CRS0018"}',
  );
});

test('a payload of a success carries null for both failure codes', () => {
  const payload = toCallbackPayload({
    eventId: '01hpa0mww4m79q8j2dwn3ggbgz',
    at: '2026-04-19T21:38:22.937044Z' as Timestamp,
    projectId: 'p',
    resourceId: '+17818510001',
    resourceType: 'ACTIVE_NUMBER',
    eventType: 'PROVISIONING_TO_SMS_PLATFORM',
    status: 'SUCCEEDED',
    failureCode: null,
    internalFailureCode: null,
  });
  assert.ok(payload.endsWith('"failureCode":null,"internalFailureCode":null}'), payload);
});

test('signatures are those of the published test vectors', () => {
  assert.equal(
    signCallback(
      'callback-secret',
      '{"eventId":"01hpa0mww4m79q8j2dwn3ggbgz","timestamp":"2024-02-10T17:22:09.412722588","projectId":"37b62a7b-0177-abcd-efgh-e10f848de123","resourceId":"+17818510001","resourceType":"ACTIVE_NUMBER","eventType":"DEPROVISIONING_FROM_VOICE_PLATFORM","status":"SUCCEEDED","failureCode":null}',
    ),
    'dcf80daac2f232f4b23d5f719db3aa0fdca6af43',
  );
  assert.equal(
    signCallback(
      'secret value',
      '{"eventId":"01j3fycq0fyqq3gkgxb0g5ekbz","timestamp":"2024-07-23T14:02:14.415637289","projectId":"b8bae3c6-e7df-422b-9401-8ae3ee3e0aff","resourceId":"+12053017799","resourceType":"ACTIVE_NUMBER","eventType":"PROVISIONING_TO_VOICE_PLATFORM","status":"SUCCEEDED","failureCode":null}',
    ),
    'e289b8fac44491417aeceee28d2715840b5f1aca',
  );
});

test('every action on every service has an event type of its own', () => {
  const types = (['SMS', 'CAMPAIGN', 'VOICE'] as const).flatMap((service) => [
    callbackEventType('PROVISION', service),
    callbackEventType('DEPROVISION', service),
  ]);
  assert.deepEqual(types, [
    'PROVISIONING_TO_SMS_PLATFORM',
    'DEPROVISIONING_FROM_SMS_PLATFORM',
    'PROVISIONING_TO_CAMPAIGN',
    'DEPROVISIONING_FROM_CAMPAIGN',
    'PROVISIONING_TO_VOICE_PLATFORM',
    'DEPROVISIONING_FROM_VOICE_PLATFORM',
  ]);
});

test('fifteen failure codes reach a callback, the two general ones become null', () => {
  const shown = PROVISIONING_ERROR_CODES.filter((code) => toFailureCode('CAMPAIGN', code) === code);
  assert.equal(shown.length, 15);
  for (const service of ['SMS', 'CAMPAIGN'] as const) {
    assert.equal(toFailureCode(service, 'INTERNAL_ERROR'), null);
    assert.equal(toFailureCode(service, 'SMS_PROVISIONING_FAILED'), null);
    assert.equal(toFailureCode(service, 'TFN_NOT_ALLOWED'), 'TFN_NOT_ALLOWED');
  }
});

test('a failed voice step has one failure code, whatever the platform said', () => {
  for (const code of PROVISIONING_ERROR_CODES) {
    assert.equal(toFailureCode('VOICE', code), 'PROVISIONING_TO_VOICE_PLATFORM_FAILED');
  }
});

test('an absolute http or https URL is a callback URL', () => {
  for (const url of [
    'https://example.com',
    'http://example.com:8080/hook?token=a%20b#part',
    'HTTPS://EXAMPLE.COM/',
    'http://127.0.0.1:3000/hook',
    'http://[2001:db8::1]/hook',
    'https://bücher.example/',
    `https://example.com/${'a'.repeat(2028)}`,
  ]) {
    assert.equal(describeCallbackUrlProblem(url), undefined, url);
  }
});

test('anything else is not, and the problem is named without repeating the URL', () => {
  const absolute = 'must be an absolute http or https URL';
  const credentials = 'must not contain a user name or password';
  for (const [url, problem] of [
    ['', absolute],
    ['/hook', absolute],
    ['example.com/hook', absolute],
    ['ftp://example.com/', absolute],
    ['file:///etc/passwd', absolute],
    ['javascript:alert(1)', absolute],
    ['http:example.com', absolute],
    ['http:/example.com', absolute],
    ['http://', absolute],
    [String.raw`http:\\example.com`, absolute],
    [String.raw`http://example.com\@127.0.0.1/`, absolute],
    [' https://example.com', absolute],
    ['https://example.com/a b', absolute],
    ['https://example.com/\r\nx: y', absolute],
    ['https://exam\u0000ple.com/', absolute],
    ['http://256.256.256.256/', absolute],
    ['http://example.com:99999/', absolute],
    ['https://user:secret@example.com/', credentials],
    ['https://user@example.com/', credentials],
    ['https://:secret@example.com/', credentials],
    [`https://example.com/${'a'.repeat(2029)}`, 'must have at most 2048 characters'],
  ] as const) {
    assert.equal(describeCallbackUrlProblem(url), problem, url);
  }
});
