import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { testOnEachEngine } from '../support/engines.ts';
import { answering, PLATFORM_SECRET, startOperatorPlatform } from '../support/operator-platform.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import {
  advanceTo,
  change,
  listOutcomes,
  look,
  NUMBER,
  numberAt,
  release,
  rent,
} from '../support/rentals.ts';
import { PROJECT, TEST_START } from '../support/test-server.ts';

const PLAN = { smsConfiguration: { servicePlanId: 'plan' } };
const PLAN_AND_CAMPAIGN = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };

testOnEachEngine(
  'the platform is asked as docs/platforms.md says, and done is done',
  async (start) => {
    await using platform = await startOperatorPlatform();
    await using server = await start(platform.environment);
    await rent(server, { voiceConfiguration: { type: 'EST', trunkId: 'trunk-7' } });
    await server.drain();
    const [request, ...others] = platform.listener.requests;
    assert.deepEqual(others, []);
    assert.equal(`${request?.method} ${request?.path}`, 'POST /provision');
    const { requestId, provisioningId } = platform.steps[0]!;
    assert.equal(
      request?.body,
      JSON.stringify({
        requestId,
        provisioningId,
        sequence: 1,
        projectId: PROJECT.id,
        phoneNumber: NUMBER,
        action: 'PROVISION',
        service: 'VOICE',
        targetId: 'trunk-7',
        voiceType: 'EST',
        attempt: 1,
        requestedAt: TEST_START,
        completionUrl: `${server.url}/platform/v1/provisionings/${provisioningId}:complete`,
      }),
    );
    assert.match(provisioningId, /^[0-9a-z]{26}$/);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['idempotency-key'], requestId);

    const signature = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      String(request.headers['numberyard-signature']),
    );
    const signed = `${signature?.[1]}.${request.body}`;
    const expected = createHmac('sha256', PLATFORM_SECRET).update(signed).digest('hex');
    assert.equal(signature?.[2], expected);
    assert.ok(Math.abs(Date.now() / 1000 - Number(signature?.[1])) < 60, 'the real time');
    assert.equal((await look(server)).voiceConfiguration.trunkId, 'trunk-7');
  },
);

testOnEachEngine(
  'a plan with a campaign is two steps, the second when the first is done',
  async (start) => {
    await using platform = await startOperatorPlatform();
    await using server = await start(platform.environment);
    await rent(server, PLAN_AND_CAMPAIGN);
    await server.drain();
    const [plan, campaign] = platform.steps;
    assert.deepEqual([plan?.service, plan?.targetId], ['SMS', 'plan']);
    assert.deepEqual([campaign?.service, campaign?.targetId], ['CAMPAIGN', 'campaign']);
    assert.equal(campaign?.provisioningId, plan?.provisioningId);
    assert.notEqual(campaign?.requestId, plan?.requestId);
    assert.ok(!('voiceType' in plan!));
  },
);

testOnEachEngine(
  'a rejection fails with its code, and a callback shows the internal one',
  async (start) => {
    const rejection = { status: 'REJECTED', code: 'CAMPAIGN_EXPIRED', internalCode: 'CRS0018' };
    await using platform = await startOperatorPlatform((request, response, earlier) => {
      const isCampaign = JSON.parse(request.body).service === 'CAMPAIGN';
      answering(isCampaign ? rejection : { status: 'DONE' })(request, response, earlier);
    });
    await using receiver = await startRecordingListener();
    await using server = await start(platform.environment);
    await rent(server, { ...PLAN_AND_CAMPAIGN, callbackUrl: receiver.url });
    await server.drain();
    const { scheduledProvisioning } = (await look(server)).smsConfiguration;
    assert.deepEqual(
      [scheduledProvisioning.status, scheduledProvisioning.errorCodes],
      ['FAILED', ['CAMPAIGN_EXPIRED']],
    );
    const told = receiver.requests.map(({ body }) => JSON.parse(body));
    const ofCampaign = told.find(({ eventType }) => eventType === 'PROVISIONING_TO_CAMPAIGN');
    const { failureCode, internalFailureCode } = ofCampaign;
    assert.deepEqual([failureCode, internalFailureCode], ['CAMPAIGN_EXPIRED', 'CRS0018']);
  },
);

const REFUSALS = [
  { statusCode: 422, answer: { status: 'REJECTED', code: 'INVALID_NNID' }, code: 'INVALID_NNID' },
  { statusCode: 200, answer: { status: 'REJECTED', code: 'NO_LUCK' }, code: 'INTERNAL_ERROR' },
  { statusCode: 404, answer: {}, code: 'INTERNAL_ERROR' },
];

for (const { statusCode, answer, code } of REFUSALS) {
  const told = `${statusCode} ${JSON.stringify(answer)}`;
  testOnEachEngine(`the platform refuses for good with ${told}`, async (start) => {
    await using platform = await startOperatorPlatform(answering(answer, statusCode));
    await using server = await start(platform.environment);
    await rent(server, PLAN);
    await server.advance(86_400_000);
    assert.equal(platform.steps.length, 1);
    const { scheduledProvisioning } = (await look(server)).smsConfiguration;
    assert.equal(scheduledProvisioning.status, 'FAILED');
    assert.deepEqual(scheduledProvisioning.errorCodes, [code]);
  });
}

testOnEachEngine(
  'a platform that is out of order is asked again, with the same key',
  async (start) => {
    await using platform = await startOperatorPlatform((_request, response, earlier) => {
      if (earlier === 0) response.writeHead(503).end();
      else if (earlier === 1) response.destroy();
      else if (earlier === 2) response.end('this is not JSON');
      else if (earlier === 3) response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end('{"status":"DONE"}');
    });
    const waits = { NUMBERYARD_PROVISIONING_RETRY_SECONDS: '1,5,30,120' };
    await using server = await start({ ...platform.environment, ...waits });
    await rent(server, PLAN);
    await server.drain();
    for (const [i, waitMs] of [1000, 5000, 30_000, 120_000].entries()) {
      await server.advance(waitMs - 1);
      assert.equal(platform.steps.length, i + 1);
      await server.advance(1);
    }
    const { steps } = platform;
    assert.deepEqual(
      steps.map(({ attempt, requestedAt }) => [attempt, requestedAt]),
      [1, 2, 3, 4, 5].map((attempt) => [attempt, TEST_START]),
    );
    const keys = platform.listener.requests.map(({ headers }) => headers['idempotency-key']);
    assert.deepEqual(new Set(keys), new Set([steps[0]?.requestId]));
    assert.equal((await look(server)).smsConfiguration.servicePlanId, 'plan');
  },
);

testOnEachEngine('a platform that does not answer in time is asked again', async (start) => {
  await using platform = await startOperatorPlatform((_request, response, earlier) => {
    if (earlier > 0) response.end('{"status":"DONE"}');
  });
  const timeout = { NUMBERYARD_PLATFORM_TIMEOUT_SECONDS: '1' };
  await using server = await start({ ...platform.environment, ...timeout });
  await rent(server, PLAN);
  await server.drain();
  assert.equal((await look(server)).smsConfiguration.scheduledProvisioning.status, 'IN_PROGRESS');
  await server.advance(1000);
  assert.deepEqual(
    platform.steps.map(({ attempt }) => attempt),
    [1, 2],
  );
  assert.equal((await look(server)).smsConfiguration.servicePlanId, 'plan');
});

testOnEachEngine('a step that stays unanswered has failed after the last wait', async (start) => {
  await using platform = await startOperatorPlatform(answering({}, 500));
  const waits = { NUMBERYARD_PROVISIONING_RETRY_SECONDS: '1,5' };
  await using server = await start({ ...platform.environment, ...waits });
  await rent(server, PLAN);
  for (const waitMs of [0, 1000, 5000, 86_400_000]) await server.advance(waitMs);
  assert.equal(platform.steps.length, 3);
  const { scheduledProvisioning } = (await look(server)).smsConfiguration;
  assert.deepEqual(scheduledProvisioning.errorCodes, ['PARTNER_SERVICE_UNAVAILABLE']);
});

testOnEachEngine(
  'an accepted step that is never reported is asked about until it is done',
  async (start) => {
    await using platform = await startOperatorPlatform((request, response, earlier) =>
      answering({ status: earlier < 2 ? 'ACCEPTED' : 'DONE' }, 202)(request, response, earlier),
    );
    await using server = await start({
      ...platform.environment,
      NUMBERYARD_PLATFORM_POLL_SECONDS: '7',
    });
    await rent(server, PLAN);
    await server.drain();
    for (const asked of [1, 2]) {
      await server.advance(6999);
      assert.equal(platform.steps.length, asked);
      await server.advance(1);
    }
    assert.deepEqual(
      platform.steps.map(({ attempt }) => attempt),
      [1, 1, 1],
    );
    assert.equal(new Set(platform.steps.map(({ requestId }) => requestId)).size, 1);
    assert.equal((await look(server)).smsConfiguration.servicePlanId, 'plan');
  },
);

testOnEachEngine('an accepted step that is not over at the deadline has failed', async (start) => {
  await using platform = await startOperatorPlatform(answering({ status: 'ACCEPTED' }));
  const deadline = { NUMBERYARD_PROVISIONING_DEADLINE_SECONDS: '3600' };
  await using server = await start({ ...platform.environment, ...deadline });
  await rent(server, PLAN);
  await server.drain();
  for (let minutes = 1; minutes < 60; minutes++) await server.advance(60_000);
  assert.equal((await look(server)).smsConfiguration.scheduledProvisioning.status, 'IN_PROGRESS');
  await server.advance(60_000);
  const { scheduledProvisioning } = (await look(server)).smsConfiguration;
  assert.deepEqual(scheduledProvisioning.errorCodes, ['PARTNER_SERVICE_UNAVAILABLE']);
});

testOnEachEngine('a later change of a number has a greater sequence', async (start) => {
  await using platform = await startOperatorPlatform();
  await using server = await start(platform.environment);
  await rent(server, PLAN);
  await server.drain();
  for (const servicePlanId of ['other', 'third', '']) {
    await change(server, { smsConfiguration: { servicePlanId } });
    await server.drain();
  }
  assert.deepEqual(
    platform.steps.map(({ action, targetId }) => `${action} ${targetId}`),
    ['PROVISION plan', 'PROVISION other', 'PROVISION third', 'DEPROVISION third'],
  );
  assert.deepEqual(
    platform.steps.map(({ sequence }) => sequence),
    [1, 2, 3, 4],
  );
});

testOnEachEngine(
  'outside sandbox mode too, with completion URLs that begin with the public one',
  async (start) => {
    await using platform = await startOperatorPlatform();
    const publicUrl = 'https://numbers.example.com/base';
    await using server = await start({
      ...platform.environment,
      NUMBERYARD_SANDBOX: 'off',
      NUMBERYARD_PUBLIC_URL: publicUrl,
    });
    await rent(server, PLAN, numberAt(3));
    await server.drain();
    const [step] = platform.steps;
    assert.deepEqual(await listOutcomes(server, numberAt(3)), [
      'PROVISIONING_TO_SMS_PLATFORM SUCCEEDED',
    ]);
    assert.ok(step?.completionUrl.startsWith(`${publicUrl}/platform/v1/provisionings/`));
  },
);

testOnEachEngine(
  'the platform is asked to disconnect a number whose rental has ended',
  async (start) => {
    await using platform = await startOperatorPlatform();
    await using server = await start(platform.environment);
    await rent(server, PLAN_AND_CAMPAIGN);
    await server.drain();
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt, -1);
    assert.equal(platform.steps.length, 2);
    await advanceTo(server, expireAt);
    assert.deepEqual(
      platform.steps.slice(2).map(({ action, service, targetId }) => [action, service, targetId]),
      [
        ['DEPROVISION', 'CAMPAIGN', 'campaign'],
        ['DEPROVISION', 'SMS', 'plan'],
      ],
    );
  },
);
