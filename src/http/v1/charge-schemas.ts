import { Type } from 'typebox';

import { CHARGE_KINDS } from '../../domain/charge-kind.ts';
import { timestamp } from './configuration-schemas.ts';
import { toViolations } from './to-error-example.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const PAGE_SIZE_MAX = 1000;
export const CHARGES_PAGE_SIZE_DEFAULT = 100;
/** No id of ours is longer. */
const ID_CHARACTERS_MAX = 64;
const EXAMPLE_RENTAL_ID = '01jtcx4k2wf7d3s9v6b1n5r8qa';

export const ChargeKind = Type.Enum([...CHARGE_KINDS], {
  type: 'string',
  description: 'SETUP: once, at the rent. PERIOD: for a period of the rental, in advance.',
  examples: ['PERIOD'],
});

export const Charge = Type.Object(
  {
    chargeId: Type.String({ examples: ['01jtcx4m9sf3v8b2k7r6w5n1qa'] }),
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    rentalId: Type.String({
      description:
        'The rental that it is for: a number that is rented again by the same project is another rental.',
      examples: [EXAMPLE_RENTAL_ID],
    }),
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12025550134'] }),
    kind: ChargeKind,
    period: Type.Integer({
      description: 'Which period of the rental, from 0. A setup belongs to the first.',
      examples: [0],
    }),
    periodStart: timestamp('When the period begins.', '2026-05-04T09:12:45.120348Z'),
    periodEnd: timestamp('When it ends, and the next one begins.'),
    amount: Type.Ref('Money'),
    createTime: timestamp('When it was charged.', '2026-05-04T09:12:45.120348Z'),
  },
  { $id: 'Charge', description: 'One line of the append-only ledger.' },
);

export const ChargesResponse = Type.Object(
  {
    charges: Type.Array(Type.Ref('Charge')),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
    totalSize: Type.Integer({ description: 'Over all pages.', examples: [2] }),
    totals: Type.Array(Type.Ref('Money'), {
      description: 'What the charges of all pages come to: one amount for each currency.',
    }),
  },
  { $id: 'ChargesResponse', description: 'One page of charges, the newest first.' },
);

export const pageQuery = {
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: CHARGES_PAGE_SIZE_DEFAULT,
      description: 'At most this many charges on a page.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({ description: 'The nextPageToken of the page before, with the same filters.' }),
  ),
};

export const ChargesQuery = Type.Object({
  phoneNumber: Type.Optional(
    Type.String({ description: 'Only of this number. E.164.', examples: ['+12025550134'] }),
  ),
  rentalId: Type.Optional(
    Type.String({
      maxLength: ID_CHARACTERS_MAX,
      description: 'Only of this rental.',
      examples: [EXAMPLE_RENTAL_ID],
    }),
  ),
  kind: Type.Optional(ChargeKind),
  currencyCode: Type.Optional(
    Type.String({ description: 'Only in this currency. ISO 4217.', examples: ['USD'] }),
  ),
  from: Type.Optional(
    Type.String({
      description: 'Only what was charged at this instant or later. RFC 3339.',
      examples: ['2026-05-01T00:00:00Z'],
    }),
  ),
  to: Type.Optional(
    Type.String({
      description: 'Only what was charged before this instant. RFC 3339.',
      examples: ['2026-06-01T00:00:00Z'],
    }),
  ),
  ...pageQuery,
});

const PERIOD = {
  periodStart: '2026-05-04T09:12:45.120348Z',
  periodEnd: '2026-06-04T09:12:45.120348Z',
  createTime: '2026-05-04T09:12:45.120348Z',
};
const LINE = {
  projectId: EXAMPLE_PROJECT_ID,
  rentalId: EXAMPLE_RENTAL_ID,
  phoneNumber: '+12025550134',
  period: 0,
  ...PERIOD,
};
export const SETUP_EXAMPLE = {
  ...LINE,
  chargeId: '01jtcx4m9sf3v8b2k7r6w5n1qa',
  kind: 'SETUP',
  amount: { currencyCode: 'USD', amount: '0.50' },
};
export const PERIOD_EXAMPLE = {
  ...LINE,
  chargeId: '01jtcx4m9sf3v8b2k7r6w5n1qb',
  kind: 'PERIOD',
  amount: { currencyCode: 'USD', amount: '0.75' },
};

export const CHARGES_EXAMPLES: Examples = {
  rent: {
    summary: 'What a rent was charged',
    value: {
      charges: [PERIOD_EXAMPLE, SETUP_EXAMPLE],
      nextPageToken: '',
      totalSize: 2,
      totals: [{ currencyCode: 'USD', amount: '1.25' }],
    },
  },
  nothing: {
    summary: 'Nothing that matches',
    value: { charges: [], nextPageToken: '', totalSize: 0, totals: [] },
  },
};

export const CHARGE_PAGE_TOKEN: Examples = {
  pageToken: {
    summary: 'A page token of another list',
    value: toViolations({
      field: 'pageToken',
      description:
        'is not a token of this list: send the nextPageToken of an answer with the same filters.',
    }),
  },
};

export const CHARGES_ERRORS: { 400: Examples } = {
  400: {
    instant: {
      summary: 'Not an instant',
      value: toViolations({
        field: 'from',
        description: 'must be an instant by RFC 3339, such as 2026-01-31T00:00:00Z.',
      }),
    },
    currency: {
      summary: 'Not a currency',
      value: toViolations({
        field: 'currencyCode',
        description: 'must be the code of a currency by ISO 4217, such as USD.',
      }),
    },
    phoneNumber: {
      summary: 'Not a phone number',
      value: toViolations({
        field: 'phoneNumber',
        description: 'must be a number in E.164 format, such as +12025550134.',
      }),
    },
    ...CHARGE_PAGE_TOKEN,
  },
};
