import { Type } from 'typebox';

import { HOLD_NUMBERS_MAX } from '../../domain/hold-policy.ts';
import { timestamp } from './configuration-schemas.ts';
import { EXAMPLE_PROJECT_ID } from './examples.ts';
import { AvailableNumber, PAGE_SIZE_MAX } from './schemas.ts';
import { manyNumbersFields } from './wanted-numbers.ts';

const ttlSeconds = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, description, examples: [600] }));

const { phoneNumber, ...poolFields } = AvailableNumber.properties;
const { memorability: _memorability, place: _place, ...ownPoolFields } = poolFields;

export const NumberHold = Type.Object(
  {
    phoneNumber,
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    ...ownPoolFields,
    createTime: timestamp('Since when the number is held.', '2026-05-04T09:00:00.000000Z'),
    expireTime: timestamp(
      'From this instant on it is on sale again.',
      '2026-05-04T09:15:00.000000Z',
    ),
  },
  {
    $id: 'NumberHold',
    description:
      'A number that is set aside for the project. Its prices are those of now: a rent is at the price of its own day.',
  },
);

export const NumberHoldsResponse = Type.Object(
  { numberHolds: Type.Array(Type.Ref('NumberHold')) },
  { $id: 'NumberHoldsResponse', description: 'What is held by the request.' },
);

export const ListNumberHoldsResponse = Type.Object(
  {
    numberHolds: Type.Array(Type.Ref('NumberHold')),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
    totalSize: Type.Integer({ description: 'Over all pages.', examples: [1] }),
  },
  { $id: 'ListNumberHoldsResponse', description: 'One page of a list.' },
);

export const NumberHoldsQuery = Type.Object({
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: 20,
      description: 'At most this many numbers on a page.',
    }),
  ),
  pageToken: Type.Optional(Type.String({ description: 'The nextPageToken of the page before.' })),
});

export const HoldNumbersRequest = Type.Object(
  {
    ...manyNumbersFields(HOLD_NUMBERS_MAX),
    ttlSeconds: ttlSeconds(
      'For how long. 15 minutes unless you say otherwise, an hour at most; an operator can change both.',
    ),
  },
  {
    $id: 'HoldNumbersRequest',
    description: 'Either `phoneNumbers`, or `quantity` with `regionCode`, `type` and a search.',
  },
);
export const ExtendNumberHoldRequest = Type.Object(
  {
    ttlSeconds: ttlSeconds(
      'For how long from now. Without it as long as a new hold, or what is left of its two hours.',
    ),
  },
  { $id: 'ExtendNumberHoldRequest', description: 'How long the number stays held.' },
);
