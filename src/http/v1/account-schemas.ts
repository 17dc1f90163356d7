import { Type } from 'typebox';

import { nullable, timestamp } from './configuration-schemas.ts';
import type { Examples } from './examples.ts';

export const AccountBalance = Type.Object(
  {
    currencyCode: Type.String({ examples: ['USD'] }),
    balance: Type.String({
      description: 'What was paid in advance, less what was charged. Below zero: what is owed.',
      examples: ['98.75'],
    }),
    creditLimit: Type.String({
      description: 'How far rents and renewals may bring the balance below zero.',
      examples: ['50.00'],
    }),
    unpaid: nullable(Type.Ref('UnpaidNumbers')),
  },
  { $id: 'AccountBalance', description: 'The account of the project in one currency.' },
);

export const UnpaidNumbers = Type.Object(
  {
    quantity: Type.Integer({ description: 'How many numbers.', examples: [3] }),
    amountDue: Type.String({
      description:
        'What their periods cost that have begun: when the account covers it, all go on.',
      examples: ['2.25'],
    }),
    suspendTime: nullable(
      timestamp('When the first of them stops working; null when all of them have.'),
    ),
    endTime: timestamp('When the first of them ends.'),
  },
  { $id: 'UnpaidNumbers', description: 'Numbers whose next period the account does not cover.' },
);

/** Of an active number. */
export const Dunning = Type.Object(
  {
    state: Type.Enum(['GRACE', 'SUSPENDED'], {
      type: 'string',
      description: 'GRACE: it works as before. SUSPENDED: it is connected to nothing.',
    }),
    startTime: timestamp('When its renewal was not covered.'),
    suspendTime: timestamp('When it stops working. Never moved.'),
    endTime: timestamp('When it ends, if nobody pays. Never moved.'),
    amountDue: Type.Ref('Money', { description: 'The price of the period that is not paid.' }),
  },
  {
    $id: 'Dunning',
    description: 'Only there while the number is unpaid: what happens to it, and when.',
  },
);

export const AccountResponse = Type.Object(
  { balances: Type.Array(Type.Ref('AccountBalance')) },
  {
    $id: 'AccountResponse',
    description: 'One balance for each currency; an empty list: the project pays afterwards.',
  },
);

export const ACCOUNT_EXAMPLES: Examples = {
  prepaid: {
    summary: 'Paid in advance',
    value: {
      balances: [{ currencyCode: 'USD', balance: '98.75', creditLimit: '50.00', unpaid: null }],
    },
  },
  unpaid: {
    summary: 'Three numbers are unpaid',
    value: {
      balances: [
        {
          currencyCode: 'USD',
          balance: '0.35',
          creditLimit: '0.00',
          unpaid: {
            quantity: 3,
            amountDue: '2.25',
            suspendTime: '2026-06-11T09:12:45.331206Z',
            endTime: '2026-07-04T09:12:45.331206Z',
          },
        },
      ],
    },
  },
  postpaid: { summary: 'Pays afterwards', value: { balances: [] } },
};
