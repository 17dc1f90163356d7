import { Type } from 'typebox';

import { AREAS_AGE_SECONDS_MAX } from '../../app/count-stock.ts';
import { COVERAGE_GROUPINGS } from '../../app/coverage.ts';
import { timestamp } from './configuration-schemas.ts';
import { Capability, NumberType, regionCode } from './schemas.ts';

export const COVERAGE_PAGE_SIZE_DEFAULT = 1000;
/** A megabyte of answer. The United States have 7 000 towns. */
const PAGE_SIZE_MAX = 5000;

export const Coverage = Type.Object(
  {
    regionCode: Type.String({ examples: ['US'] }),
    type: NumberType,
    areaCode: Type.String({
      description:
        'As the search takes it. Empty unless grouped by it, and for numbers that have none, as toll-free and most mobile ones.',
      examples: ['212'],
    }),
    locality: Type.String({
      description: 'A town. Empty unless grouped by it, and for numbers of no known town.',
      examples: ['New York'],
    }),
    administrativeArea: Type.String({
      description: 'Its state, province or county; also of numbers of which only that is known.',
      examples: ['New York'],
    }),
    capability: Type.Array(Capability, {
      description: 'What these numbers can do, all of them the same.',
      examples: [['SMS', 'VOICE']],
    }),
    availableCount: Type.Integer({ description: 'Never 0.', examples: [98] }),
    lowestSetupPrice: Type.Ref('Money', { description: 'Of any of them.' }),
    lowestMonthlyPrice: Type.Ref('Money', {
      description: 'Of any of them, in the same currency, perhaps of another number.',
    }),
  },
  { $id: 'Coverage', description: 'Numbers that can be rented and are alike.' },
);

export const CoverageResponse = Type.Object(
  {
    coverage: Type.Array(Type.Ref('Coverage')),
    asOf: timestamp(
      'The counts are those of this instant; numbers that changed while they were counted, for some seconds afterwards, may be counted as before or as after.',
    ),
    maxAgeSeconds: Type.Integer({
      description: 'The counts are never older than this.',
      examples: [AREAS_AGE_SECONDS_MAX],
    }),
    nextPageToken: Type.String({ description: 'Empty on the last page.', examples: [''] }),
  },
  { $id: 'CoverageResponse', description: 'How many numbers there are where.' },
);

export const CoverageQuery = Type.Object({
  regionCode: Type.Optional(regionCode({ description: 'Only this region.' })),
  type: Type.Optional(NumberType),
  groupBy: Type.Optional(
    Type.Enum([...COVERAGE_GROUPINGS], {
      type: 'string',
      default: 'areaCode',
      description: 'How finely numbers are counted within a region.',
      examples: ['areaCode'],
    }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_SIZE_MAX,
      default: COVERAGE_PAGE_SIZE_DEFAULT,
      description: 'At most this many groups on a page.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({ description: 'The nextPageToken of the page before, with the same filters.' }),
  ),
});
