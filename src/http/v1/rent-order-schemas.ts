import { Type } from 'typebox';

import { RENT_ORDER_NUMBER_STATES, RENT_ORDER_STATES } from '../../domain/rent-order.ts';
import {
  callbackUrl,
  nullable,
  SmsConfigurationRequest,
  timestamp,
  VoiceConfigurationRequest,
} from './configuration-schemas.ts';
import { EXAMPLE_PROJECT_ID } from './examples.ts';
import { ProjectPath } from './schemas.ts';
import { manyNumbersFields } from './wanted-numbers.ts';

/** A larger order is several orders: its progress would be the only thing that is seen of it for a minute. */
const ORDER_QUANTITY_MAX = 10_000;
/** Ten thousand numbers, with what they are connected to, in half of that. */
export const ORDER_BODY_BYTES_MAX = 512 * 1024;
const PAGE_SIZE_MAX = 1000;
export const ORDERS_PAGE_SIZE_DEFAULT = 20;

const EXAMPLE_ORDER_ID = '01jtcx4k2wf7d3s9v6b1n5r8qa';

export const RentOrderRequest = Type.Object(
  {
    ...manyNumbersFields(ORDER_QUANTITY_MAX),
    allOrNothing: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'true: when one number cannot be had, none is rented and nothing is charged. A block is always all or nothing.',
        examples: [true],
      }),
    ),
    smsConfiguration: Type.Optional(SmsConfigurationRequest),
    voiceConfiguration: Type.Optional(VoiceConfigurationRequest),
    callbackUrl,
  },
  {
    $id: 'RentOrderRequest',
    description:
      'Which numbers, and what each is connected to. The end of the order is told to callbackUrl too.',
  },
);

const OrderError = Type.Object({
  code: Type.Integer({
    description: 'The HTTP status that a single rent would have had.',
    examples: [404],
  }),
  message: Type.String({ examples: [''] }),
  status: Type.String({ examples: ['NOT_FOUND'] }),
  details: Type.Array(Type.Unknown(), { description: 'As those of an error.' }),
});

export const RentOrderNumber = Type.Object(
  {
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12025550134'] }),
    state: Type.Enum([...RENT_ORDER_NUMBER_STATES], {
      type: 'string',
      description:
        'RESERVED: set aside for the order, to be rented with all the others. CANCELLED: nothing was wrong with it, but the order ended without it.',
      examples: ['RENTED'],
    }),
    error: nullable(OrderError, { description: 'Why it failed; null unless it did.' }),
  },
  { $id: 'RentOrderNumber', description: 'One number of an order, and what came of it.' },
);

export const RentOrder = Type.Object(
  {
    rentOrderId: Type.String({ examples: [EXAMPLE_ORDER_ID] }),
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    state: Type.Enum([...RENT_ORDER_STATES], {
      type: 'string',
      description:
        'COMPLETED: all were rented. PARTIAL: some were. FAILED: none was. CANCELLED: by you; what was rented until then stays.',
      examples: ['COMPLETED'],
    }),
    allOrNothing: Type.Boolean({ examples: [false] }),
    requestedQuantity: Type.Integer({ examples: [2] }),
    rentedQuantity: Type.Integer({ description: 'So far.', examples: [2] }),
    failedQuantity: Type.Integer({ description: 'So far.', examples: [0] }),
    reservedQuantity: Type.Integer({
      description:
        'How many are set aside for it. A large order that is all or nothing sets all of its numbers aside before it rents them together; 0 for others, and when it is over.',
      examples: [0],
    }),
    error: nullable(OrderError, {
      description: "Why it is short of numbers, where that is no single number's fault.",
    }),
    orderNumbers: Type.Array(Type.Ref('RentOrderNumber'), {
      description:
        'What came of each number, where the order is for at most 100. Those of larger orders are at …/orderNumbers.',
    }),
    createTime: timestamp('When it was ordered.'),
    updateTime: timestamp('When it last came further.'),
    endTime: nullable(timestamp('When it was over; null while it is in progress.')),
  },
  { $id: 'RentOrder', description: 'Many numbers, rented with one request.' },
);

const page = {
  nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
  totalSize: Type.Integer({ description: 'Over all pages.', examples: [1] }),
};

export const RentOrdersResponse = Type.Object(
  { rentOrders: Type.Array(Type.Ref('RentOrder')), ...page },
  {
    $id: 'RentOrdersResponse',
    description: 'One page of a list, the newest first. It leaves the numbers of the orders out.',
  },
);

export const RentOrderNumbersResponse = Type.Object(
  { orderNumbers: Type.Array(Type.Ref('RentOrderNumber')), ...page },
  { $id: 'RentOrderNumbersResponse', description: 'One page of a list, by phone number.' },
);

export const OrderPageQuery = Type.Object({
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: ORDERS_PAGE_SIZE_DEFAULT,
      description: 'At most this many on a page.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({ description: 'The nextPageToken of the page before, of the same list.' }),
  ),
});

export const RentOrderPath = Type.Object({
  ...ProjectPath.properties,
  rentOrderId: Type.String({
    description: 'The rentOrderId of the order.',
    examples: [EXAMPLE_ORDER_ID],
  }),
});
