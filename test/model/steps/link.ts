import assert from 'node:assert/strict';

import { UNLINKED_VOICE, type VoiceLink } from '../../../src/domain/provisioning.ts';
import type { ModelRental } from '../model.ts';
import { assertRefused, pick, pickRented, type Step, type StepContext } from './step.ts';

/** The platform of the sandbox refuses it. */
const REFUSED = 'FAILED';

interface SmsChange {
  servicePlanId: string;
  campaignId?: string | null;
}

const SMS_CHANGES: readonly SmsChange[] = [
  { servicePlanId: 'plan-1' },
  { servicePlanId: 'plan-2' },
  { servicePlanId: 'plan-1', campaignId: 'campaign-1' },
  { servicePlanId: 'plan-2', campaignId: 'campaign-2' },
  { servicePlanId: 'plan-2', campaignId: null },
  { servicePlanId: '' },
  { servicePlanId: REFUSED },
  { servicePlanId: 'plan-2', campaignId: REFUSED },
];

/** As they are sent, and what they come to. */
const VOICE_CHANGES: readonly (readonly [object, VoiceLink])[] = [
  [{ appId: 'app' }, { type: 'RTC', targetId: 'app' }],
  [
    { type: 'RTC', appId: 'app-2' },
    { type: 'RTC', targetId: 'app-2' },
  ],
  [
    { type: 'EST', trunkId: 'trunk' },
    { type: 'EST', targetId: 'trunk' },
  ],
  [
    { type: 'FAX', serviceId: 'fax' },
    { type: 'FAX', targetId: 'fax' },
  ],
  [{ appId: '' }, UNLINKED_VOICE],
  [{ appId: REFUSED }, { type: 'RTC', targetId: REFUSED }],
];

/** Connects a number to other platforms, or to none: the SMS side, the voice side, or both. */
export function link(context: StepContext): Step {
  const { model, project, random } = context;
  const number = pickRented(context);
  const rental = model.rentalOf(number, project.id);
  const sides = random(3);
  const sms = sides === 0 ? undefined : pick(SMS_CHANGES, random);
  const voice = sides === 1 ? undefined : pick(VOICE_CHANGES, random);
  const body = {
    ...(sms && { smsConfiguration: sms }),
    ...(voice && { voiceConfiguration: voice[0] }),
  };
  return {
    request: { project, method: 'PATCH', path: `/activeNumbers/${number.e164}`, body },
    async settle(answer) {
      if (rental === undefined) return assert.equal(answer.status, 404, answer.text);
      if (sms && !fits(rental, sms)) return assert.equal(answer.status, 400, answer.text);
      if (rental.dunning?.isSuspended === true) return assertRefused(answer, 'SUSPENDED');
      assert.equal(answer.status, 200, answer.text);
      if (sms) linkSms(rental, sms);
      if (voice) linkVoice(rental, voice[1]);
    },
  };
}

function fits({ pool }: ModelRental, { servicePlanId, campaignId }: SmsChange): boolean {
  if (servicePlanId !== '' && !pool.hasSms) return false;
  const mayHaveCampaign = pool.regionCode === 'US' && pool.type === 'LOCAL';
  return mayHaveCampaign || typeof campaignId !== 'string';
}

/** A campaign that is not mentioned stays, unless there is no plan any more. */
function linkSms({ links, failed }: ModelRental, { servicePlanId, campaignId }: SmsChange): void {
  failed.delete('SMS');
  if (servicePlanId === REFUSED || campaignId === REFUSED) {
    failed.add('SMS');
  } else if (servicePlanId === '') {
    links.sms = { servicePlanId, campaignId: '' };
  } else {
    const kept = campaignId === undefined ? links.sms.campaignId : campaignId;
    links.sms = { servicePlanId, campaignId: kept ?? '' };
  }
}

function linkVoice({ links, failed }: ModelRental, voice: VoiceLink): void {
  failed.delete('VOICE');
  if (voice.targetId === REFUSED) failed.add('VOICE');
  else links.voice = voice;
}
