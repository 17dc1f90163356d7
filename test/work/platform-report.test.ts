import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import {
  answering,
  type OperatorPlatform,
  type PlatformStep,
  report,
  signAsPlatform,
  startOperatorPlatform,
} from '../support/operator-platform.ts';
import { change, listOutcomes, look, rent } from '../support/rentals.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import type { TestServer } from '../support/test-server.ts';

const PLAN_AND_CAMPAIGN = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
const TAKEN = { status: 200, json: { taken: true }, challenge: null };
const NOT_TAKEN = { status: 200, json: { taken: false }, challenge: null };

testOnEachEngine(
  'a report of an accepted step finishes it, and the next one begins',
  async (start) => {
    await using platform = await startAccepting();
    await using server = await start(platform.environment);
    const plan = await rentAndAccept(server, platform);
    assert.deepEqual(
      await report(plan.completionUrl, { requestId: plan.requestId, status: 'DONE' }),
      TAKEN,
    );
    assert.equal((await look(server)).smsConfiguration.scheduledProvisioning.status, 'IN_PROGRESS');
    await server.drain();
    const [, campaign] = platform.steps;
    assert.equal(campaign?.service, 'CAMPAIGN');
    await report(campaign.completionUrl, { requestId: campaign.requestId, status: 'DONE' });
    assert.deepEqual((await look(server)).smsConfiguration, {
      servicePlanId: 'plan',
      scheduledProvisioning: null,
      campaignId: 'campaign',
    });
    await server.advance(86_400_000);
    assert.equal(platform.steps.length, 2, 'what was reported is not asked again');
  },
);

testOnEachEngine('a report that comes twice counts once', async (start) => {
  await using platform = await startAccepting();
  await using server = await start(platform.environment);
  const plan = await rentAndAccept(server, platform);
  const done = { requestId: plan.requestId, status: 'DONE' };
  const answers = await Promise.all([1, 2, 3].map(() => report(plan.completionUrl, done)));
  assert.equal(answers.filter(({ json }) => (json as { taken: boolean }).taken).length, 1);
  assert.deepEqual(await report(plan.completionUrl, done), NOT_TAKEN);
  assert.deepEqual(await listOutcomes(server), ['PROVISIONING_TO_SMS_PLATFORM SUCCEEDED']);
});

testOnEachEngine('a report of a step that is over changes nothing', async (start) => {
  await using platform = await startAccepting();
  await using server = await start(platform.environment);
  const plan = await rentAndAccept(server, platform);
  await report(plan.completionUrl, { requestId: plan.requestId, status: 'DONE' });
  await server.drain();
  const late = { requestId: plan.requestId, status: 'REJECTED', code: 'INTERNAL_ERROR' };
  assert.deepEqual(await report(plan.completionUrl, late), NOT_TAKEN);
  assert.equal((await look(server)).smsConfiguration.scheduledProvisioning.status, 'IN_PROGRESS');
});

testOnEachEngine(
  'a report of a change that a newer one has replaced changes nothing',
  async (start) => {
    await using platform = await startAccepting();
    await using server = await start(platform.environment);
    const plan = await rentAndAccept(server, platform);
    await change(server, { smsConfiguration: { servicePlanId: 'newer' } });
    const done = { requestId: plan.requestId, status: 'DONE' };
    assert.deepEqual(await report(plan.completionUrl, done), NOT_TAKEN);
    assert.equal((await look(server)).smsConfiguration.servicePlanId, '');
  },
);

testOnEachEngine('a report of failure fails the provisioning with its codes', async (start) => {
  await using platform = await startAccepting();
  await using receiver = await startRecordingListener();
  await using server = await start(platform.environment);
  const plan = await rentAndAccept(server, platform, receiver.url);
  const failure = { status: 'REJECTED', code: 'INVALID_NNID', internalCode: 'CRS0018' };
  assert.deepEqual(
    await report(plan.completionUrl, { requestId: plan.requestId, ...failure }),
    TAKEN,
  );
  await server.drain();
  const { scheduledProvisioning } = (await look(server)).smsConfiguration;
  assert.equal(scheduledProvisioning.status, 'FAILED');
  assert.deepEqual(scheduledProvisioning.errorCodes, ['INVALID_NNID']);
  const { failureCode, internalFailureCode } = JSON.parse(receiver.requests[0]!.body);
  assert.deepEqual([failureCode, internalFailureCode], ['INVALID_NNID', 'CRS0018']);
});

testOnEachEngine('a report that overtakes the answer to its own request counts', async (start) => {
  await using platform = await startOperatorPlatform((request, response, earlier) => {
    const { completionUrl, requestId } = JSON.parse(request.body) as PlatformStep;
    void report(completionUrl, { requestId, status: 'DONE' }).then(() =>
      answering({ status: 'ACCEPTED' }, 202)(request, response, earlier),
    );
  });
  await using server = await start(platform.environment);
  await rent(server, PLAN_AND_CAMPAIGN);
  await server.drain();
  assert.deepEqual(await listOutcomes(server), [
    'PROVISIONING_TO_SMS_PLATFORM SUCCEEDED',
    'PROVISIONING_TO_CAMPAIGN SUCCEEDED',
  ]);
  assert.equal((await look(server)).smsConfiguration.campaignId, 'campaign');
  await server.advance(86_400_000);
  assert.equal(platform.steps.length, 2);
});

testOnEachEngine(
  'a report that is not signed as it should be is a 401 and changes nothing',
  async (start) => {
    await using platform = await startAccepting();
    await using server = await start(platform.environment);
    const plan = await rentAndAccept(server, platform);
    const body = JSON.stringify({ requestId: plan.requestId, status: 'DONE' });
    const signatures = {
      missing: '',
      'not a signature': 'hello',
      'of another secret': signAsPlatform(body, { secret: 'another-secret-0123456789' }),
      'of another body': signAsPlatform(`${body} `),
      'too old': signAsPlatform(body, { ageSeconds: 310 }),
      'from the future': signAsPlatform(body, { ageSeconds: -310 }),
    };
    for (const [name, signature] of Object.entries(signatures)) {
      const { status, json, challenge } = await report(plan.completionUrl, body, signature);
      assert.equal(status, 401, name);
      assert.equal((json as { error: { status: string } }).error.status, 'UNAUTHENTICATED');
      assert.match(challenge ?? '', /numberyard-signature/);
    }
    assert.deepEqual(await listOutcomes(server), []);
    const almostOld = signAsPlatform(body, { ageSeconds: 250 });
    assert.deepEqual(await report(plan.completionUrl, body, almostOld), TAKEN);
  },
);

testOnEachEngine(
  'a report of an unknown provisioning is a 404, one that says nothing a 400',
  async (start) => {
    await using platform = await startAccepting();
    await using server = await start(platform.environment);
    const plan = await rentAndAccept(server, platform);
    const done = { requestId: plan.requestId, status: 'DONE' };
    const unknownUrl = plan.completionUrl.replace(plan.provisioningId, '0'.repeat(26));
    assert.equal((await report(unknownUrl, done)).status, 404);
    for (const content of [
      '',
      'no JSON',
      '[]',
      {},
      { status: 'DONE' },
      { ...done, status: 'MAYBE' },
    ]) {
      const { status } = await report(plan.completionUrl, content);
      assert.equal(status, 400, JSON.stringify(content));
    }
    assert.deepEqual(await listOutcomes(server), []);
  },
);

testOnEachEngine('the built-in platform has nothing to report', async (start) => {
  await using server = await start();
  const url = `${server.url}/platform/v1/provisionings/${'0'.repeat(26)}:complete`;
  assert.equal((await report(url, { requestId: 'x', status: 'DONE' })).status, 404);
});

function startAccepting(): Promise<OperatorPlatform> {
  return startOperatorPlatform(answering({ status: 'ACCEPTED' }, 202));
}

/** @returns the step that the platform has accepted: that of the service plan. */
async function rentAndAccept(
  server: TestServer,
  platform: OperatorPlatform,
  callbackUrl = '',
): Promise<PlatformStep> {
  await rent(server, { ...PLAN_AND_CAMPAIGN, callbackUrl });
  await server.drain();
  const [step, ...others] = platform.steps;
  assert.ok(step !== undefined && others.length === 0);
  return step;
}
