import { Type } from 'typebox';

import {
  CHARGE_PAGE_TOKEN,
  ChargeKind,
  pageQuery,
  PERIOD_EXAMPLE,
  SETUP_EXAMPLE,
} from './charge-schemas.ts';
import { timestamp } from './configuration-schemas.ts';
import { toViolations } from './to-error-example.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';
import { ProjectPath } from './schemas.ts';

export const StatementPath = Type.Object({
  ...ProjectPath.properties,
  month: Type.String({
    description: 'A calendar month in UTC, by the clock of the server.',
    examples: ['2026-01'],
  }),
});

export const StatementQuery = Type.Object(pageQuery);

export const StatementTotal = Type.Object(
  {
    kind: ChargeKind,
    count: Type.Integer({ description: 'How many charges.', examples: [1] }),
    amount: Type.Ref('Money'),
  },
  {
    $id: 'StatementTotal',
    description: 'What the charges of one kind in one currency come to.',
  },
);

export const Statement = Type.Object(
  {
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    month: Type.String({ examples: ['2026-05'] }),
    startTime: timestamp('When the month begins.', '2026-05-01T00:00:00.000000Z'),
    endTime: timestamp('When it ends.', '2026-06-01T00:00:00.000000Z'),
    complete: Type.Boolean({
      description:
        'true: nothing is added to it any more, and it stays as it is. Of the current month, and for five minutes after a month has ended, false.',
      examples: [true],
    }),
    totals: Type.Array(Type.Ref('StatementTotal'), { description: 'Of all pages.' }),
    charges: Type.Array(Type.Ref('Charge')),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
    totalSize: Type.Integer({ description: 'How many charges all pages have.', examples: [2] }),
  },
  {
    $id: 'Statement',
    description: 'What was charged in one month, and one page of its lines, the oldest first.',
  },
);

/** Of the CSV: the month, and all that the JSON has of a charge. */
export const STATEMENT_COLUMNS = [
  'month',
  'projectId',
  'chargeId',
  'createTime',
  'kind',
  'phoneNumber',
  'rentalId',
  'period',
  'periodStart',
  'periodEnd',
  'currencyCode',
  'amount',
] as const;

export const StatementCsv = Type.String({
  description:
    'By RFC 4180: a line of names, then a line for each charge, the oldest first. What a spreadsheet would take for a formula begins with an apostrophe.',
});

export const STATEMENT_EXAMPLES: Examples = {
  month: {
    summary: 'A month with one rent',
    value: {
      projectId: EXAMPLE_PROJECT_ID,
      month: '2026-05',
      startTime: '2026-05-01T00:00:00.000000Z',
      endTime: '2026-06-01T00:00:00.000000Z',
      complete: true,
      totals: [
        { kind: 'SETUP', count: 1, amount: { currencyCode: 'USD', amount: '0.50' } },
        { kind: 'PERIOD', count: 1, amount: { currencyCode: 'USD', amount: '0.75' } },
      ],
      charges: [SETUP_EXAMPLE, PERIOD_EXAMPLE],
      nextPageToken: '',
      totalSize: 2,
    },
  },
};

export const STATEMENT_CSV_EXAMPLES: Examples = {
  month: {
    summary: 'A month with one rent',
    value: [
      STATEMENT_COLUMNS.join(','),
      ...[SETUP_EXAMPLE, PERIOD_EXAMPLE].map((charge) =>
        [
          '2026-05',
          charge.projectId,
          charge.chargeId,
          charge.createTime,
          charge.kind,
          charge.phoneNumber,
          charge.rentalId,
          charge.period,
          charge.periodStart,
          charge.periodEnd,
          charge.amount.currencyCode,
          charge.amount.amount,
        ].join(','),
      ),
      '',
    ].join('\r\n'),
  },
};

const MONTH: Examples = {
  month: {
    summary: 'Not a month',
    value: toViolations({ field: 'month', description: 'must be a month such as 2026-01.' }),
  },
  future: {
    summary: 'A month that is still to come',
    value: toViolations({ field: 'month', description: 'is still to come.' }),
  },
};

export const STATEMENT_ERRORS: { 400: Examples } = { 400: { ...MONTH, ...CHARGE_PAGE_TOKEN } };
export const STATEMENT_CSV_ERRORS: { 400: Examples } = { 400: MONTH };
