import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { exchange, type RawAnswer } from '../support/raw-exchange.ts';
import { basicAuth, PROJECT, type TestServer } from '../support/test-server.ts';

const JSON_TYPE = 'content-type: application/json';

/** A request of the project, byte for byte; `target` goes on behind the project's id. */
function send(
  server: TestServer,
  method: string,
  target: string,
  headers: string[] = [],
  body?: string,
): Promise<RawAnswer> {
  return exchange(server.url, {
    method,
    target: `/v1/projects/${PROJECT.id}${target}`,
    headers: [`authorization: ${basicAuth(PROJECT)}`, ...headers],
    ...(body === undefined ? {} : { body }),
  });
}

/** The numbers of a list's answer, in their order. */
function numbersIn(answer: RawAnswer): string[] {
  assert.equal(answer.status, 200, answer.text);
  const { availableNumbers, activeNumbers } = answer.json;
  return (availableNumbers ?? activeNumbers).map((n: { phoneNumber: string }) => n.phoneNumber);
}

const US_LOCAL = '/availableNumbers?regionCode=US&type=LOCAL';

for (const [pattern, client] of [
  ['numberPattern.pattern=+1202555010', 'a raw plus sign (Node)'],
  ['numberPattern.pattern=%2B1202555010', 'an escaped plus sign (Python, .NET, curl)'],
  ['numberPattern%2Epattern=%2B1202555010', 'an escaped parameter name (Java)'],
  ['numberPattern.pattern=%201202555010', 'a plus sign that became a space, escaped'],
  ['numberPattern.pattern=%2b1202555010', 'a plus sign escaped in lower case'],
] as const) {
  testOnEachEngine(`a search finds the same with ${client}`, async (start) => {
    await using server = await start();
    for (const position of ['&numberPattern.searchPattern=START', '']) {
      const found = await send(server, 'GET', `${US_LOCAL}&${pattern}${position}`);
      assert.deepEqual(
        numbersIn(found).toSorted(),
        Array.from({ length: 10 }, (_, i) => `+1202555010${i}`),
      );
    }
  });
}

testOnEachEngine(
  'lists of capabilities may be repeated, comma-joined and named in either number',
  async (start) => {
    await using server = await start();
    const voiceOnly = '+448081570001';
    await send(server, 'POST', '/availableNumbers/+12025550101:rent');
    await send(server, 'POST', `/availableNumbers/${voiceOnly}:rent`);
    for (const name of ['capability', 'capabilities']) {
      for (const both of [
        `${name}=SMS&${name}=VOICE`,
        `${name}=SMS,VOICE`,
        `${name}=SMS%2CVOICE`,
      ]) {
        assert.deepEqual(numbersIn(await send(server, 'GET', `/activeNumbers?${both}`)), [
          '+12025550101',
        ]);
        const search = await send(server, 'GET', `${US_LOCAL}&size=5&${both}`);
        assert.equal(numbersIn(search).length, 5);
        const none = await send(
          server,
          'GET',
          `/availableNumbers?regionCode=GB&type=TOLL_FREE&${both}`,
        );
        assert.deepEqual(numbersIn(none), []);
      }
      const voice = await send(server, 'GET', `/activeNumbers?${name}=VOICE`);
      assert.deepEqual(numbersIn(voice), ['+12025550101', voiceOnly]);
      const wrong = await send(server, 'GET', `/activeNumbers?${name}=SMS,FAX`);
      assert.equal(wrong.status, 400);
      assert.equal(wrong.json.error.details[0].fieldViolations[0].field, name);
    }
  },
);

testOnEachEngine(
  'Python 1.x repeats capabilities as search patterns, and they are ignored',
  async (start) => {
    await using server = await start();
    await send(server, 'POST', '/availableNumbers/+12025550101:rent');
    const listed = await send(
      server,
      'GET',
      '/activeNumbers?regionCode=US&type=LOCAL&capabilities=SMS&capabilities=VOICE' +
        '&numberPattern.searchPattern=SMS&numberPattern.searchPattern=VOICE',
    );
    assert.deepEqual(numbersIn(listed), ['+12025550101']);
    const unknown = await send(server, 'GET', '/activeNumbers?numberPattern.searchPattern=MIDDLE');
    assert.equal(unknown.status, 400);
  },
);

testOnEachEngine('regions are filtered by types, type and numberTypes', async (start) => {
  await using server = await start();
  const everywhere = ['CA', 'GB', 'SE', 'US'];
  for (const [query, codes] of [
    ['', everywhere],
    ['?', everywhere],
    ['?types=', everywhere],
    ['?types=TOLL_FREE&types=MOBILE', ['GB', 'SE', 'US']],
    ['?types=TOLL_FREE,MOBILE', ['GB', 'SE', 'US']],
    ['?numberTypes=TOLL_FREE', ['GB']],
    ['?type=LOCAL', ['CA', 'US']],
    ['?types=LOCAL&type=TOLL_FREE', ['CA', 'GB', 'US']],
  ] as const) {
    const { json } = await send(server, 'GET', `/availableRegions${query}`);
    const found = json.availableRegions.map((region: { regionCode: string }) => region.regionCode);
    assert.deepEqual(found, codes, query);
  }
  const wrong = await send(server, 'GET', '/availableRegions?numberTypes=FAX');
  assert.equal(wrong.status, 400);
  assert.equal(wrong.json.error.details[0].fieldViolations[0].field, 'numberTypes');
});

testOnEachEngine('verbs and numbers may be escaped in the path', async (start) => {
  await using server = await start();
  const rent = '{"regionCode":"US","type":"LOCAL"}';
  for (const [method, target, body] of [
    ['GET', '/availableNumbers/%2B12025550101'],
    ['POST', '/availableNumbers/%2B12025550101%3Arent', '{}'],
    ['GET', '/activeNumbers/%2b12025550101'],
    ['PATCH', '/activeNumbers/%2B12025550101', '{}'],
    ['POST', '/activeNumbers/+12025550101%3arelease', ''],
    ['POST', '/availableNumbers:rentAny', rent],
    ['POST', '/availableNumbers%3ArentAny', rent],
    ['POST', '/availableNumbers%3arentAny?', rent],
  ] as const) {
    const answer = await send(server, method, target, [JSON_TYPE], body);
    assert.equal(answer.status, 200, `${method} ${target} ${answer.text}`);
  }
});

testOnEachEngine('bodies may be written in snake_case, wholly or in part', async (start) => {
  await using server = await start();
  const number = '/activeNumbers/+12025550101';
  await send(server, 'POST', '/availableNumbers/+12025550101:rent');
  // The outer names are Python 1.x's own; the inner ones are as its user typed them.
  for (const sms of ['{"service_plan_id":"plan"}', '{"servicePlanId":"plan"}']) {
    const { json } = await send(
      server,
      'PATCH',
      number,
      [JSON_TYPE],
      `{"display_name":"Support","sms_configuration":${sms},"voice_configuration":{"type":"FAX",` +
        '"service_id":"fax"},"callback_url":"https://example.com/hook"}',
    );
    assert.equal(json.displayName, 'Support');
    assert.equal(json.smsConfiguration.scheduledProvisioning.servicePlanId, 'plan');
    assert.equal(json.voiceConfiguration.scheduledVoiceProvisioning.serviceId, 'fax');
    assert.equal(json.callbackUrl, 'https://example.com/hook');
  }
  const secret = '{"hmac_secret":"a-secret-in-snake-case"}';
  const callbacks = await send(server, 'PATCH', '/callbackConfiguration', [JSON_TYPE], secret);
  assert.equal(callbacks.json.hmacSecret, 'a-secret-in-snake-case');
  const any = await send(
    server,
    'POST',
    '/availableNumbers:rentAny',
    [JSON_TYPE],
    '{"region_code":"US","type":"LOCAL","number_pattern":{"pattern":"0134","search_pattern":"END"},' +
      '"sms_configuration":{"service_plan_id":"plan","campaign_id":"campaign"}}',
  );
  assert.equal(any.json.phoneNumber, '+12025550134');
  assert.equal(any.json.smsConfiguration.scheduledProvisioning.campaignId, 'campaign');
});

testOnEachEngine('where both spellings of a name stand, that of the API counts', async (start) => {
  await using server = await start();
  await send(server, 'POST', '/availableNumbers/+12025550101:rent');
  const body = '{"display_name":"snake","displayName":"camel"}';
  const answer = await send(server, 'PATCH', '/activeNumbers/+12025550101', [JSON_TYPE], body);
  assert.equal(answer.json.displayName, 'camel');
});

testOnEachEngine(
  'an empty body is legal wherever nothing is required, however it is sent',
  async (start) => {
    await using server = await start();
    const ways: [name: string, headers: string[], body?: string][] = [
      ['JSON of length 0', [JSON_TYPE], ''],
      ['an empty object', [JSON_TYPE], '{}'],
      ['no body and no type', []],
      ['no body with a type', [JSON_TYPE]],
      ['length 0 without a type', [], ''],
      ['JSON with a charset', ['content-type: application/json; charset=utf-8'], '{}'],
      ['white space', [JSON_TYPE], ' \r\n'],
      ['the type of a form', ['content-type: application/x-www-form-urlencoded'], ''],
    ];
    for (const [i, [name, headers, body]] of ways.entries()) {
      const number = `+1202555010${i}`;
      for (const [method, target] of [
        ['POST', `/availableNumbers/${number}:rent`],
        ['PATCH', `/activeNumbers/${number}`],
        ['POST', `/activeNumbers/${number}:release`],
        ['PATCH', '/callbackConfiguration'],
      ] as const) {
        const answer = await send(server, method, target, headers, body);
        assert.equal(answer.status, 200, `${name}: ${method} ${target} ${answer.text}`);
      }
    }
  },
);

testOnEachEngine('what a request has too much of is ignored', async (start) => {
  await using server = await start();
  const search = `${US_LOCAL}&size=1&unknown=1&unknown=2&region_code=XX&`;
  assert.equal(numbersIn(await send(server, 'GET', search, [JSON_TYPE])).length, 1);
  // A GET with the type of a body, as the SDKs send it, and even one with a body.
  const withBody = await send(server, 'GET', `${US_LOCAL}&size=1`, [JSON_TYPE], '{"size":2}');
  assert.equal(numbersIn(withBody).length, 1);
  const rent = await send(
    server,
    'POST',
    '/availableNumbers/+12025550101:rent?unknown=1',
    [JSON_TYPE],
    '{"unknown":{"a":[1]},"smsConfiguration":{"servicePlanId":"plan","unknown":1,"scheduledProvisioning":null}}',
  );
  assert.equal(rent.status, 200, rent.text);
  assert.equal(rent.json.smsConfiguration.scheduledProvisioning.servicePlanId, 'plan');
});
