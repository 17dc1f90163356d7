import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { MovableClock, stoppedClock } from '../../src/clock.ts';
import type { PlatformService } from '../../src/domain/provisioning.ts';
import { type PlatformRequest, PlatformUnavailableError } from '../../src/platforms/platform.ts';
import { createSandboxPlatform, MAGIC_TARGETS } from '../../src/platforms/sandbox.ts';

const DELAY_MS = 1_500;
const SERVICES: readonly PlatformService[] = ['SMS', 'CAMPAIGN', 'VOICE'];

function startSandbox(delayMs = DELAY_MS) {
  const clock = new MovableClock(stoppedClock('2026-05-01T00:00:00Z'));
  const platform = createSandboxPlatform({ now: () => clock.now(), delayMs });
  const toRequest = (
    targetId: string,
    changes: Partial<PlatformRequest> = {},
  ): PlatformRequest => ({
    requestId: '01jw0000000000000000000000-0',
    provisioningId: '01jw0000000000000000000000',
    sequence: 1,
    projectId: 'p',
    phoneNumber: '+12025550134',
    action: 'PROVISION',
    service: 'SMS',
    targetId,
    earlierAttempts: 0,
    startedAt: clock.now(),
    ...changes,
  });
  return { clock, platform, toRequest };
}

test('a step succeeds when the delay has passed by the clock, and not before', async () => {
  const { clock, platform, toRequest } = startSandbox();
  const request = toRequest('my-plan');
  assert.deepEqual(await platform.execute(request), {
    outcome: 'ACCEPTED',
    askAgainAfterMs: 1_500,
  });
  clock.advance(1_499);
  assert.deepEqual(await platform.execute(request), { outcome: 'ACCEPTED', askAgainAfterMs: 1 });
  clock.advance(1);
  assert.deepEqual(await platform.execute(request), { outcome: 'DONE' });
});

test('without a delay a step succeeds at once', async () => {
  const { platform, toRequest } = startSandbox(0);
  assert.deepEqual(await platform.execute(toRequest('my-plan')), { outcome: 'DONE' });
});

test('a rejection takes its time as well', async () => {
  const { clock, platform, toRequest } = startSandbox();
  const request = toRequest('FAILED');
  assert.deepEqual(await platform.execute(request), {
    outcome: 'ACCEPTED',
    askAgainAfterMs: 1_500,
  });
  clock.advance(1_500);
  assert.deepEqual(await platform.execute(request), {
    outcome: 'REJECTED',
    code: 'SMS_PROVISIONING_FAILED',
  });
});

test('leaving a platform always succeeds, whatever the target is called', async () => {
  const { clock, platform, toRequest } = startSandbox();
  for (const { id } of MAGIC_TARGETS) {
    const request = toRequest(id, { action: 'DEPROVISION' });
    assert.equal((await platform.execute(request)).outcome, 'ACCEPTED');
    clock.advance(DELAY_MS);
    assert.deepEqual(await platform.execute(request), { outcome: 'DONE' }, id);
  }
});

test('magic ids ignore case and take a suffix after a dot or a dash', async () => {
  const { platform, toRequest } = startSandbox(0);
  for (const id of [
    'CAMPAIGN_EXPIRED',
    'campaign_expired',
    'Campaign_Expired-1',
    'CAMPAIGN_EXPIRED.x-2',
  ]) {
    assert.deepEqual(await platform.execute(toRequest(id)), {
      outcome: 'REJECTED',
      code: 'CAMPAIGN_EXPIRED',
    });
  }
});

test('an id that only looks like a magic one is an ordinary id', async () => {
  const { platform, toRequest } = startSandbox(0);
  for (const id of [
    'CAMPAIGN_EXPIRED_1',
    'CAMPAIGN_EXPIRED1',
    'X-DOWN',
    'DOWN_THRICE',
    'constructor',
    '',
  ]) {
    assert.deepEqual(await platform.execute(toRequest(id)), { outcome: 'DONE' }, id);
  }
});

/** What the second column of the table in docs/sandbox.md promises, in the words used there. */
async function assertBehavesAs(promise: string, targetId: string, service: PlatformService) {
  const { clock, platform, toRequest } = startSandbox();
  const request = toRequest(targetId, { service });
  const ask = (earlierAttempts: number) => platform.execute({ ...request, earlierAttempts });
  if (promise.startsWith('fails with ')) {
    const codes = [...promise.matchAll(/`([A-Z0-9_]+)`(?: \((\w+)\))?/g)];
    const [, code] =
      codes.find(([, , of]) => of === undefined || of.toUpperCase() === service) ?? [];
    assert.notEqual(code, undefined, `${promise} says nothing of ${service}`);
    clock.advance(DELAY_MS);
    assert.deepEqual(await ask(1), { outcome: 'REJECTED', code });
  } else if (promise === 'succeeds after 60 seconds') {
    clock.advance(DELAY_MS);
    assert.deepEqual(await ask(1), { outcome: 'ACCEPTED', askAgainAfterMs: 58_500 });
    clock.advance(58_500);
    assert.deepEqual(await ask(2), { outcome: 'DONE' });
  } else if (promise === 'cannot be reached twice, then succeeds') {
    clock.advance(DELAY_MS);
    await assert.rejects(ask(0), PlatformUnavailableError);
    await assert.rejects(ask(1), PlatformUnavailableError);
    assert.deepEqual(await ask(2), { outcome: 'DONE' });
  } else if (promise === 'cannot ever be reached') {
    clock.advance(DELAY_MS);
    await assert.rejects(ask(0), PlatformUnavailableError);
    await assert.rejects(ask(1_000_000), PlatformUnavailableError);
  } else {
    assert.fail(`The table promises something that no test knows: ${promise}`);
  }
}

test('every row of the table in docs/sandbox.md tells what happens', async () => {
  const page = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
  // What decides a review of documents stands in a table of its own, further down.
  const [text = ''] = page.split(/^## Number orders/m);
  const rows = [...text.matchAll(/^\| `([A-Z0-9_]+)` +\| ([^|]+?) +\|/gm)];
  assert.deepEqual(
    rows.map(([, id]) => id),
    MAGIC_TARGETS.map(({ id }) => id),
  );
  for (const [, id = '', promise = ''] of rows) {
    for (const service of SERVICES) await assertBehavesAs(promise, id, service);
  }
});
