import { Type } from 'typebox';

import { NUMBER_STATES } from '../../domain/number-state.ts';
import { timestamp } from './configuration-schemas.ts';
import { EXAMPLE_PROJECT_ID, type Examples } from './examples.ts';

const PAGE_SIZE_MAX = 1000;
export const EVENT_PAGE_SIZE_DEFAULT = 100;

const state = (description: string) =>
  Type.Enum(['', ...NUMBER_STATES], { type: 'string', description, examples: ['AVAILABLE'] });

export const NumberEvent = Type.Object(
  {
    eventId: Type.String({
      description:
        'Of two events of a number the one with the greater id is the later. Callbacks carry the same id.',
      examples: ['01jtcx4m9sf3v8b2k7r6w5n1qa'],
    }),
    phoneNumber: Type.String({ description: 'E.164.', examples: ['+12025550134'] }),
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    eventType: Type.String({
      description: 'What happened: docs/number-lifecycle.md lists all of them.',
      examples: ['RENTED'],
    }),
    createTime: timestamp('When it happened.'),
    from: state('The state of the number before; empty when it did not change.'),
    to: state('The state after; empty when it did not change.'),
    actor: Type.String({
      description:
        'Who did it: the id of an access key, `worker` for what time or a platform has caused, or `operator`.',
      examples: ['my-key'],
    }),
    requestId: Type.String({
      description: 'The x-request-id of the request that did it; empty when none did.',
      examples: ['01jtcx4m9sf3v8b2k7r6w5n1q9-1'],
    }),
    details: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'What else belongs to it, by its type: prices, the new configuration, the code of a failure.',
      examples: [{ pool: 'us-local' }],
    }),
  },
  { $id: 'NumberEvent', description: 'One fact in the append-only history of a number.' },
);

export const NumberEventsResponse = Type.Object(
  {
    numberEvents: Type.Array(Type.Ref('NumberEvent')),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
    totalSize: Type.Integer({ description: 'Over all pages.', examples: [2] }),
  },
  { $id: 'NumberEventsResponse', description: 'One page of a history, the newest first.' },
);

export const NumberEventsQuery = Type.Object({
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: EVENT_PAGE_SIZE_DEFAULT,
      description: 'At most this many events on a page.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({ description: 'The nextPageToken of the page before, of the same number.' }),
  ),
});

export const NUMBER_EVENTS_EXAMPLES: Examples = {
  history: {
    summary: 'Rented and released',
    value: {
      numberEvents: [
        {
          eventId: '01jtyc1h0de4w9n3x8r5m2k7bz',
          phoneNumber: '+12025550134',
          projectId: EXAMPLE_PROJECT_ID,
          eventType: 'RELEASED',
          createTime: '2026-05-11T14:03:09.500112Z',
          from: 'ACTIVE',
          to: 'RELEASING',
          actor: 'my-key',
          requestId: '01jtyc0zv7s2e6g8q1m4t9h3kd-7',
          details: { expireAt: '2026-06-04T09:12:45.120348Z' },
        },
        {
          eventId: '01jtcx4m9sf3v8b2k7r6w5n1qa',
          phoneNumber: '+12025550134',
          projectId: EXAMPLE_PROJECT_ID,
          eventType: 'RENTED',
          createTime: '2026-05-04T09:12:45.120348Z',
          from: 'AVAILABLE',
          to: 'ACTIVE',
          actor: 'my-key',
          requestId: '01jtcx4k2wf7d3s9v6b1n5r8qa-1',
          details: {
            pool: 'us-mobile',
            setupPrice: { currencyCode: 'USD', amount: '0.50' },
            monthlyPrice: { currencyCode: 'USD', amount: '0.75' },
          },
        },
      ],
      nextPageToken: '',
      totalSize: 2,
    },
  },
  nothing: {
    summary: 'A number that the project never had',
    value: { numberEvents: [], nextPageToken: '', totalSize: 0 },
  },
};
