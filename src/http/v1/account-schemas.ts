import { Type } from 'typebox';

import type { Examples } from './examples.ts';

export const AccountBalance = Type.Object(
  {
    currencyCode: Type.String({ examples: ['USD'] }),
    balance: Type.String({
      description: 'What was paid in advance, less what was charged. Below zero: what is owed.',
      examples: ['98.75'],
    }),
    creditLimit: Type.String({
      description: 'How far a rent may bring the balance below zero.',
      examples: ['50.00'],
    }),
  },
  { $id: 'AccountBalance', description: 'The account of the project in one currency.' },
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
    value: { balances: [{ currencyCode: 'USD', balance: '98.75', creditLimit: '50.00' }] },
  },
  postpaid: { summary: 'Pays afterwards', value: { balances: [] } },
};
