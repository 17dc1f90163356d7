import { Type } from 'typebox';

import { NUMBER_ORDER_QUANTITY_MAX, NUMBER_ORDER_STATES } from '../../domain/number-order.ts';
import {
  callbackUrl,
  nullable,
  SmsConfigurationRequest,
  timestamp,
  VoiceConfigurationRequest,
} from './configuration-schemas.ts';
import { EXAMPLE_PROJECT_ID } from './examples.ts';
import { Capability, NumberPattern, NumberType, ProjectPath, regionCode } from './schemas.ts';

const EXAMPLE_ORDER_ID = '01jtcx5b7wq2m8k4s1v9d6n3za';

export const NumberRequirementsRequest = Type.Object(
  { regionCode: regionCode(), numberType: NumberType },
  { $id: 'NumberRequirementsRequest' },
);

const RequirementField = Type.Object({
  title: Type.String({ examples: ['Postal code'] }),
  description: Type.String({ examples: [''] }),
  mandatory: Type.Boolean({ examples: [true] }),
  maxLength: Type.Integer({ description: 'Characters.', examples: [200] }),
  pattern: nullable(Type.String(), {
    description: 'A regular expression for the whole value; null: any text.',
    examples: [String.raw`\d{5}`],
  }),
  values: Type.Array(Type.String(), {
    description: 'The only values there are; empty: any.',
    examples: [[]],
  }),
});

const RequiredAttachment = Type.Object(
  {
    id: Type.String({
      description: 'The attachmentId to upload it with.',
      examples: ['proof-of-address'],
    }),
    title: Type.String({ examples: ['Proof of address'] }),
    description: Type.String({ examples: [''] }),
    mandatory: Type.Boolean({ examples: [true] }),
    template: Type.Array(Type.Object({ name: Type.String(), url: Type.String() }), {
      description: 'Forms to fill in.',
      examples: [[]],
    }),
    allowedMimeTypes: Type.Array(Type.String(), {
      description: 'Empty: any.',
      examples: [['application/pdf']],
    }),
    allowedDocumentTypes: Type.Array(Type.String(), {
      description: 'Empty: any.',
      examples: [['UTILITY_BILL']],
    }),
  },
  { $id: 'RequiredAttachment', description: 'A document to upload.' },
);

const NumberRequirements = Type.Object(
  {
    fields: Type.Object({
      rules: Type.Array(
        Type.Object({
          title: Type.String({ examples: ['Where the user is'] }),
          template: Type.Record(Type.String(), RequirementField, {
            description: 'The fields to fill in, by their names.',
          }),
        }),
        {
          description:
            'Each is answered by an object of texts in requestDetails.data, at the same place.',
        },
      ),
    }),
    attachments: Type.Array(Type.Ref('RequiredAttachment')),
  },
  { $id: 'NumberRequirements', description: 'What has to be known before a number is rented.' },
);

export const CreateNumberOrderRequest = Type.Object(
  {
    regionCode: regionCode(),
    numberType: NumberType,
    numberOrderOption: Type.Optional(
      Type.Object(
        {
          phoneNumbers: Type.Array(Type.String(), {
            minItems: 1,
            maxItems: 1,
            description: 'One number in E.164.',
            examples: [['+493023125000']],
          }),
        },
        { description: 'A certain number. Either this or quantityOrderOption.' },
      ),
    ),
    quantityOrderOption: Type.Optional(
      Type.Object(
        {
          requestedQuantity: Type.Integer({
            minimum: 1,
            maximum: NUMBER_ORDER_QUANTITY_MAX,
            examples: [5],
          }),
          numberPattern: Type.Optional(NumberPattern),
          sequential: Type.Optional(
            Type.Boolean({ description: 'true: they follow one another.', examples: [false] }),
          ),
          capabilities: Type.Optional(
            Type.Array(Capability, {
              description: 'The numbers have all of these, and perhaps more.',
              examples: [['VOICE']],
            }),
          ),
        },
        { description: 'So many numbers that match.' },
      ),
    ),
    smsConfiguration: Type.Optional(SmsConfigurationRequest),
    voiceConfiguration: Type.Optional(VoiceConfigurationRequest),
    callbackUrl,
  },
  {
    $id: 'CreateNumberOrderRequest',
    description:
      'Which numbers, and what each is connected to once it is rented. Each step of the order is told to callbackUrl too.',
  },
);

const OrderNumber = Type.Object({
  phoneNumber: Type.String({ description: 'E.164.', examples: ['+493023125000'] }),
  numberPrice: Type.Object(
    {
      setupPrice: Type.Ref('Money'),
      monthlyPrice: Type.Ref('Money'),
      paymentIntervalMonths: Type.Integer({ examples: [1] }),
    },
    { description: 'As of now: it is rented at the price of the day on which it is.' },
  ),
  capabilities: Type.Array(Capability, { examples: [['VOICE']] }),
});

const text = (description: string, example: string) =>
  Type.String({ description, examples: [example] });

const NumberOrder = Type.Object(
  {
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    idNumberOrder: text('Names the order in paths and callbacks.', EXAMPLE_ORDER_ID),
    regionCode: regionCode(),
    state: Type.Enum([...NUMBER_ORDER_STATES], {
      type: 'string',
      description:
        'CREATED and BLOCKED wait for you to submit it, IN_REVIEW for a reviewer. COMPLETED: the numbers are rented. REJECTED, EXPIRED: they are on sale again.',
      examples: ['CREATED'],
    }),
    numberType: NumberType,
    orderNumbers: Type.Array(OrderNumber),
    smsConfiguration: nullable(
      Type.Object({
        servicePlanId: Type.String({ examples: ['my-service-plan'] }),
        campaignId: Type.String({ examples: [''] }),
      }),
      { description: 'As it was ordered; null: none.' },
    ),
    voiceConfiguration: nullable(
      Type.Object({
        type: Type.String({ examples: ['RTC'] }),
        appId: Type.String({ examples: ['my-voice-app'] }),
        trunkId: Type.String({ examples: [''] }),
        serviceId: Type.String({ examples: [''] }),
      }),
      { description: 'As it was ordered; null: none.' },
    ),
    callbackUrl: text('Empty: none.', ''),
    expireTime: nullable(timestamp('Until when it has to be submitted.'), {
      description: 'null while it is reviewed, and when it is over.',
    }),
    createTime: timestamp('When it was ordered.'),
    updateTime: timestamp('When it last changed.'),
  },
  {
    $id: 'NumberOrder',
    description: 'Numbers that are set aside until a reviewer has seen your documents.',
  },
);

/** Free text inside, by the requirements: it is read by them and not by a schema. */
/** The longest registration that requirements can ask for, with every character escaped: about 670 000 bytes. */
export const REGISTRATION_BODY_BYTES_MAX = 1024 * 1024;

export const NumberOrderRegistrationRequest = Type.Object(
  {
    requestDetails: Type.Unknown({
      description: 'An object whose `data` has an object of texts for each of the rules.',
      examples: [{ data: [{ name: 'Example GmbH' }] }],
    }),
  },
  { $id: 'NumberOrderRegistrationRequest' },
);

const NumberOrderRegistration = Type.Object(
  {
    requestDetails: Type.Object({
      data: Type.Array(Type.Record(Type.String(), Type.String()), {
        description: 'What was filled in, for each of the rules; empty: nothing yet.',
      }),
    }),
    attachments: Type.Array(
      Type.Object({
        attachmentId: text('Of the requirements.', 'proof-of-address'),
        fileName: Type.String({ examples: ['bill.pdf'] }),
        mimeType: Type.String({ examples: ['application/pdf'] }),
        uploadStatus: Type.Enum(['COMPLETED', 'WAITING', 'FAILED'], {
          type: 'string',
          description: 'Always COMPLETED: what is not stored is not listed.',
        }),
        createTime: timestamp('When something was first uploaded for it.'),
        updateTime: timestamp('When it was uploaded.'),
        documentType: text('What it was said to be; may be empty.', 'UTILITY_BILL'),
      }),
    ),
    logs: Type.Array(
      Type.Object({
        message: Type.String({ examples: ['The bill is older than three months.'] }),
        createTime: timestamp('When it was written.'),
      }),
      { description: 'What reviewers have written, the oldest first.' },
    ),
    deleteTime: Type.Optional(
      timestamp(
        'When what was filled in and uploaded was deleted, some time after the order was over.',
      ),
    ),
  },
  { $id: 'NumberOrderRegistration', description: 'What you have said with an order.' },
);

export const NumberOrderAttachmentRequest = Type.Object(
  {
    file: Type.String({ format: 'binary', description: 'The document, with its file name.' }),
    documentType: Type.Optional(
      text('One of the allowedDocumentTypes, where there are some.', 'UTILITY_BILL'),
    ),
  },
  { $id: 'NumberOrderAttachmentRequest' },
);

export const NumberOrderPath = Type.Object({
  ...ProjectPath.properties,
  numberOrderId: text('The idNumberOrder of the order.', EXAMPLE_ORDER_ID),
});

export const NumberOrderAttachmentPath = Type.Object({
  ...NumberOrderPath.properties,
  attachmentId: text('The id of an attachment of the requirements.', 'proof-of-address'),
});

export const NUMBER_ORDER_COMPONENTS = [
  NumberRequirementsRequest,
  RequiredAttachment,
  NumberRequirements,
  CreateNumberOrderRequest,
  NumberOrder,
  NumberOrderRegistrationRequest,
  NumberOrderRegistration,
  NumberOrderAttachmentRequest,
];
