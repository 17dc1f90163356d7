import { Type } from 'typebox';

import { PROJECT_LIMIT_KINDS } from '../../domain/project-limit.ts';
import { nullable, timestamp } from './configuration-schemas.ts';
import type { Examples } from './examples.ts';

export const Limit = Type.Object(
  {
    kind: Type.Enum([...PROJECT_LIMIT_KINDS], {
      type: 'string',
      description:
        'NUMBERS: rented at a time. HOLDS: set aside at a time, but for what orders set aside; what a rent order has taken over from the project counts until its own end. SPEND: charges of a calendar month in one currency. REQUESTS: a second, of all keys together. KEY_REQUESTS: a second, of each key.',
      examples: ['NUMBERS'],
    }),
    currencyCode: Type.String({ description: 'Of SPEND; else empty.', examples: [''] }),
    limit: Type.String({ description: 'A whole number, or an amount.', examples: ['50'] }),
    used: nullable(Type.String({ description: 'What is used of it now.', examples: ['12'] }), {
      description: 'Null for rates, which the headers of each answer tell.',
    }),
    resetTime: nullable(timestamp('When it begins anew; of HOLDS, when the first of them ends.'), {
      description: 'Null: not by itself.',
    }),
  },
  { $id: 'Limit', description: 'What the project may have or spend no more of.' },
);

export const LimitsResponse = Type.Object(
  { limits: Type.Array(Type.Ref('Limit')) },
  { $id: 'LimitsResponse', description: 'All limits of the project; HOLDS is always among them.' },
);

export const LIMITS_EXAMPLES: Examples = {
  limits: {
    summary: 'Some limits',
    value: {
      limits: [
        {
          kind: 'HOLDS',
          currencyCode: '',
          limit: '20',
          used: '2',
          resetTime: '2026-05-04T09:27:45.120348Z',
        },
        { kind: 'NUMBERS', currencyCode: '', limit: '50', used: '12', resetTime: null },
        {
          kind: 'SPEND',
          currencyCode: 'USD',
          limit: '100.00',
          used: '9.75',
          resetTime: '2026-06-01T00:00:00.000000Z',
        },
      ],
    },
  },
  none: {
    summary: 'No limits but that of holds, which is for all',
    value: {
      limits: [{ kind: 'HOLDS', currencyCode: '', limit: '100', used: '0', resetTime: null }],
    },
  },
};
