import { type TSchema, type TSchemaOptions, Type } from 'typebox';

import { PROVISIONING_ERROR_CODES, VOICE_TYPES } from '../../domain/provisioning.ts';

/** What a number is connected to, as clients ask for it and as the API shows it. */

export const VoiceType = Type.Enum([...VOICE_TYPES], { type: 'string' });

const ID_CHARACTERS_MAX = 128;

export const timestamp = (description: string, example = '2026-06-04T09:12:45.120348Z') =>
  Type.String({ format: 'date-time', description, examples: [example] });

export const nullable = <Schema extends TSchema>(schema: Schema, options: TSchemaOptions = {}) =>
  Type.Union([schema, Type.Null()], options);

const platformId = (description: string, example: string) =>
  Type.String({ maxLength: ID_CHARACTERS_MAX, description, examples: [example] });

// --- In requests ----------------------------------------------------------------------------------------

export const SmsConfigurationRequest = Type.Object(
  {
    servicePlanId: platformId('The service plan that sends and receives.', 'my-service-plan'),
    campaignId: Type.Optional(
      nullable(platformId('The 10DLC campaign; for US LOCAL numbers only.', 'CXYZ123')),
    ),
  },
  { $id: 'SmsConfigurationRequest', description: 'Leave it out for a number without SMS.' },
);

export const SmsConfigurationUpdate = Type.Object(
  {
    servicePlanId: nullable(
      platformId('Empty or null unlinks the plan, and the campaign with it.', 'my-service-plan'),
    ),
    campaignId: Type.Optional(
      nullable(platformId('Absent: stays. Empty or null: unlinks.', 'CXYZ123')),
    ),
  },
  { $id: 'SmsConfigurationUpdate', description: 'Leave it out to change nothing about SMS.' },
);

const voiceId = (description: string, example: string) =>
  Type.Optional(nullable(platformId(description, example)));

export const VoiceConfigurationRequest = Type.Object(
  {
    type: Type.Optional(
      Type.Enum([...VOICE_TYPES], {
        type: 'string',
        default: 'RTC',
        description: 'RTC takes appId, EST trunkId, FAX serviceId.',
      }),
    ),
    appId: voiceId('The voice app, with type RTC.', 'my-voice-app'),
    trunkId: voiceId('The SIP trunk, with type EST.', 'my-sip-trunk'),
    serviceId: voiceId('The fax service, with type FAX.', 'my-fax-service'),
  },
  {
    $id: 'VoiceConfigurationRequest',
    description:
      'Leave it out for a number without voice. In an update, an empty id unlinks the number.',
  },
);

export const callbackUrl = Type.Optional(
  nullable(
    Type.String({
      description: 'Where events of this number are posted, signed; http or https.',
      examples: ['https://example.com/numbers'],
    }),
  ),
);

// --- In answers -----------------------------------------------------------------------------------------

const ScheduledStatus = Type.Enum(['WAITING', 'IN_PROGRESS', 'FAILED'], {
  type: 'string',
  description: 'There is no status for success: then the whole object is null.',
});

export const ScheduledProvisioning = Type.Object(
  {
    servicePlanId: Type.String({ examples: ['my-service-plan'] }),
    status: ScheduledStatus,
    lastUpdatedTime: timestamp('When the status changed.'),
    campaignId: Type.String({ examples: [''] }),
    errorCodes: Type.Array(Type.Enum([...PROVISIONING_ERROR_CODES], { type: 'string' }), {
      description:
        'Why it FAILED, or why a suspended number has not left its platform yet; else empty.',
      examples: [[]],
    }),
  },
  {
    $id: 'ScheduledProvisioning',
    description: 'A change of the SMS configuration that is under way or has failed.',
  },
);

export const SmsConfiguration = Type.Object(
  {
    servicePlanId: Type.String({
      description: 'The service plan it is connected to; empty: none.',
      examples: ['my-service-plan'],
    }),
    scheduledProvisioning: nullable(Type.Ref('ScheduledProvisioning'), {
      description: 'A change that is under way or has failed, else null.',
    }),
    campaignId: Type.String({
      description: 'The 10DLC campaign it is connected to; empty: none.',
      examples: [''],
    }),
  },
  { $id: 'SmsConfiguration', description: 'What carries the messages of a number.' },
);

export const ScheduledVoiceProvisioning = Type.Object(
  {
    appId: Type.String({ examples: ['my-voice-app'] }),
    status: ScheduledStatus,
    lastUpdatedTime: timestamp('When the status changed.'),
    type: VoiceType,
    trunkId: Type.String({ examples: [''] }),
    serviceId: Type.String({ examples: [''] }),
  },
  {
    $id: 'ScheduledVoiceProvisioning',
    description: 'A change of the voice configuration that is under way or has failed.',
  },
);

export const VoiceConfiguration = Type.Object(
  {
    appId: Type.String({ description: 'With type RTC; empty: none.', examples: ['my-voice-app'] }),
    scheduledVoiceProvisioning: nullable(Type.Ref('ScheduledVoiceProvisioning'), {
      description: 'A change that is under way or has failed, else null.',
    }),
    lastUpdatedTime: Type.Null({ description: 'Always null, as in production.' }),
    type: VoiceType,
    trunkId: Type.String({ description: 'With type EST; empty: none.', examples: [''] }),
    serviceId: Type.String({ description: 'With type FAX; empty: none.', examples: [''] }),
  },
  { $id: 'VoiceConfiguration', description: 'What carries the calls of a number.' },
);
