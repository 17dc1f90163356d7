import { Type } from 'typebox';

import { RENT_ORDER_STATES } from '../../domain/rent-order.ts';
import { nullable, timestamp, VoiceType } from './configuration-schemas.ts';
import { AvailableNumber } from './schemas.ts';

const {
  phoneNumber,
  regionCode,
  type,
  capability,
  setupPrice,
  monthlyPrice,
  paymentIntervalMonths,
  supportingDocumentationRequired,
} = AvailableNumber.properties;

const QuoteProblem = Type.Object(
  {
    code: Type.Integer({
      description: 'The HTTP status that the request itself would have had.',
      examples: [400],
    }),
    message: Type.String({
      examples: ['The project may rent 50 numbers at a time, and rents 50.'],
    }),
    status: Type.String({ examples: ['FAILED_PRECONDITION'] }),
    details: Type.Array(Type.Unknown(), { description: 'As those of an error.' }),
  },
  {
    $id: 'QuoteProblem',
    description: 'Why a request would be refused, in the words of its error.',
  },
);

const QuoteStep = Type.Object(
  {
    action: Type.Enum(['PROVISION', 'DEPROVISION'], { type: 'string', examples: ['PROVISION'] }),
    service: Type.Enum(['SMS', 'CAMPAIGN', 'VOICE'], { type: 'string', examples: ['SMS'] }),
    targetId: Type.String({
      description: 'The service plan, the campaign, or the app, trunk or fax service.',
      examples: ['my-service-plan'],
    }),
    voiceType: nullable(VoiceType, { description: 'Of VOICE, else null.' }),
  },
  { $id: 'QuoteStep', description: 'What a platform would be asked.' },
);

const problems = Type.Array(Type.Ref('QuoteProblem'), {
  description: 'Every reason for which it would be refused now; empty: it would not be.',
});
const limits = Type.Array(Type.Ref('Limit'), {
  description:
    'NUMBERS and SPEND as they would be after it; where nothing would be rented, as they are.',
});

const RentQuote = Type.Object(
  {
    phoneNumber,
    regionCode,
    type,
    capability,
    setupPrice,
    monthlyPrice,
    paymentIntervalMonths,
    supportingDocumentationRequired,
    firstPeriodPrice: Type.Ref('Money', { description: 'All months of the first period.' }),
    totalDue: Type.Ref('Money', { description: 'What the rent would be charged at once.' }),
    nextChargeDate: timestamp('When the second period would begin, if it were rented now.'),
    provisioningSteps: Type.Array(Type.Ref('QuoteStep'), {
      description: 'In this order. None of them is tried: a platform may still refuse one.',
    }),
    limits,
    problems,
  },
  {
    $id: 'RentQuote',
    description: 'What a rent would do. It holds neither the number nor its price.',
  },
);

const QuoteTotal = Type.Object(
  {
    quantity: Type.Integer({ description: 'Numbers in this currency.', examples: [2] }),
    setupPrice: Type.Ref('Money', { description: 'Of all of them.' }),
    firstPeriodPrice: Type.Ref('Money', { description: 'Of all of them.' }),
    totalDue: Type.Ref('Money', { description: 'What the order would be charged.' }),
  },
  { $id: 'QuoteTotal', description: 'What numbers of one currency would cost at first.' },
);

const QuotedNumber = Type.Object(
  { phoneNumber, problems },
  { $id: 'QuotedNumber', description: 'A number that an order would not get, and why.' },
);

const RentOrderQuote = Type.Object(
  {
    state: Type.Enum(
      RENT_ORDER_STATES.filter((state) => state !== 'IN_PROGRESS' && state !== 'CANCELLED'),
      { type: 'string', description: 'What the order would come to.', examples: ['PARTIAL'] },
    ),
    allOrNothing: Type.Boolean({ examples: [false] }),
    requestedQuantity: Type.Integer({ examples: [2] }),
    rentableQuantity: Type.Integer({
      description:
        'How many could be had. All or nothing takes none of them when they are fewer than requested.',
      examples: [1],
    }),
    totals: Type.Array(Type.Ref('QuoteTotal'), {
      description: 'By currency; empty where nothing would be rented.',
    }),
    nextChargeDate: nullable(timestamp('When the first of them would be charged again.'), {
      description: 'Null where nothing would be rented.',
    }),
    supportingDocumentationRequired: Type.Boolean({
      description: 'Of one of the numbers at least.',
      examples: [false],
    }),
    limits,
    error: nullable(Type.Ref('QuoteProblem'), {
      description: "Why it would be short of numbers, where that is no single number's fault.",
    }),
    orderNumbers: Type.Array(Type.Ref('QuotedNumber'), {
      description: 'Named numbers that would not be had, by phone number: the first 100.',
    }),
  },
  {
    $id: 'RentOrderQuote',
    description:
      'What an order would do. For a quantity it is a sample: where numbers have several prices, the order may find others.',
  },
);

const ReleaseQuote = Type.Object(
  {
    phoneNumber,
    expireAt: timestamp('When the rental would end: with the period that is paid.'),
    totalDue: Type.Ref('Money', {
      description: 'Of periods that have begun and are not charged yet; as a rule zero.',
    }),
    paidPeriod: Type.Object(
      {
        startTime: timestamp('When it began.', '2026-05-04T09:12:45.120348Z'),
        endTime: timestamp('When it ends.'),
        price: Type.Ref('Money'),
      },
      { description: 'The period that is paid. What is left of it is not refunded.' },
    ),
    undoUntil: timestamp('Until then the release could be undone.'),
    quarantineUntil: nullable(timestamp('When somebody else could rent it.'), {
      description:
        'Null: at once when the rental ends. Later while a platform has not let the number go.',
    }),
    provisioningSteps: Type.Array(Type.Ref('QuoteStep'), {
      description: 'How the number would leave its platforms at expireAt.',
    }),
    emergencyAddressRemoved: Type.Boolean({
      description: 'It has an emergency address, which would end with the rental.',
      examples: [false],
    }),
    scheduledProvisioning: nullable(Type.Ref('ScheduledProvisioning'), {
      description: 'A change of the SMS configuration that would be cancelled at once.',
    }),
    scheduledVoiceProvisioning: nullable(Type.Ref('ScheduledVoiceProvisioning'), {
      description: 'A change of the voice configuration that would be cancelled at once.',
    }),
    problems,
  },
  { $id: 'ReleaseQuote', description: 'What a release would do.' },
);

/** Every schema of a quote that others refer to by its name. */
export const QUOTE_COMPONENTS = [
  QuoteProblem,
  QuoteStep,
  RentQuote,
  QuoteTotal,
  QuotedNumber,
  RentOrderQuote,
  ReleaseQuote,
];
