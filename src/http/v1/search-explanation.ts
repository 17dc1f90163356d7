import { Type } from 'typebox';

import type { Explanation, ExplainedStep, SearchStep } from '../../app/explain-search.ts';
import type { Relaxation, SearchChange } from '../../app/relax-search.ts';
import type { Place } from '../../domain/place.ts';
import { nullable } from './configuration-schemas.ts';
import { availableNumberJson } from './wire.ts';

/** Why a search found what it did, and where its numbers are: parameters, and what they add to the answer. */

export const searchExplanationQuery = {
  showPlace: Type.Optional(
    Type.Boolean({
      description:
        'true: the answer has the places that were meant, and the place of each number as far as it is known.',
      examples: [true],
    }),
  ),
  explain: Type.Optional(
    Type.Boolean({
      description:
        'true: the answer says what each filter removed. When there are fewer numbers than asked for, it has similar searches that do have numbers.',
      examples: [true],
    }),
  ),
};

const placeFields = {
  locality: Type.String({
    description:
      'A town; several with a slash between share their numbers; empty where it is not known.',
    examples: ['Boston'],
  }),
  administrativeArea: Type.String({
    description: 'A state, province or county; empty where it is not known.',
    examples: ['Massachusetts'],
  }),
  latitude: nullable(
    Type.Number({ description: 'In degrees; null where it is not known.', examples: [42.36] }),
  ),
  longitude: nullable(Type.Number({ examples: [-71.06] })),
};

const NumberPlace = Type.Object(placeFields, {
  $id: 'NumberPlace',
  description: 'Where a number is from.',
});

const SearchedPlace = Type.Object(
  {
    ...placeFields,
    distanceKm: nullable(
      Type.Number({
        description: 'From what was asked with near, or from the place asked for; else null.',
        examples: [12.5],
      }),
    ),
    prefixes: Type.Array(Type.String({ examples: ['+1617'] }), {
      description: 'What its numbers begin with.',
    }),
  },
  { $id: 'SearchedPlace', description: 'A place and its numbers.' },
);

const ExplainedCountSchema = Type.Object(
  {
    unit: Type.Enum(['POOLS', 'NUMBERS'], {
      type: 'string',
      description: 'A pool is a part of the stock: numbers that share all but their digits.',
      examples: ['NUMBERS'],
    }),
    count: Type.Integer({ examples: [12] }),
    precision: Type.Enum(['EXACT', 'AT_LEAST'], {
      type: 'string',
      description: 'AT_LEAST: counting was given up here.',
      examples: ['EXACT'],
    }),
  },
  { $id: 'ExplainedCount', description: 'How many there are.' },
);

const RELAXATION_KINDS = [
  'WITHOUT_EXCLUSIONS',
  'ANYWHERE',
  'SHORTER_PATTERN',
  'WITHOUT_PATTERN',
  'NEIGHBOURING_AREA',
  'LARGER_DISTANCE',
  'WITHOUT_PLACE',
  'OTHER_CAPABILITIES',
  'HIGHER_PRICE',
  'OTHER_CURRENCY',
  'WITH_DOCUMENTATION',
  'OTHER_TYPE',
  'SINGLE_NUMBERS',
  'WITHOUT_FILTERS',
] as const satisfies readonly Relaxation['kind'][];

const RelaxationSchema = Type.Object(
  {
    kind: Type.Enum([...RELAXATION_KINDS], {
      type: 'string',
      description: 'What is different.',
      examples: ['NEIGHBOURING_AREA'],
    }),
    parameters: Type.Object(
      {},
      {
        additionalProperties: Type.Union([Type.String(), Type.Array(Type.String())]),
        description: 'Parameters to send instead of those of the search, as they are.',
        examples: [{ locality: 'Cambridge', administrativeArea: 'Massachusetts' }],
      },
    ),
    leaveOut: Type.Array(Type.String(), {
      description: 'Parameters of the search to leave out.',
      examples: [['areaCode']],
    }),
    place: nullable(
      Type.Ref('SearchedPlace', {
        description: 'The area of NEIGHBOURING_AREA, with its distance; else null.',
      }),
    ),
    example: Type.Ref('AvailableNumber', { description: 'One of the numbers that it finds.' }),
  },
  { $id: 'SearchRelaxation', description: 'A search like this one that has numbers.' },
);

const ExplanationSchema = Type.Object(
  {
    outcome: Type.Enum(['FULL', 'SHORT', 'EMPTY'], {
      type: 'string',
      description: 'FULL: as many numbers as asked for; SHORT: some; EMPTY: none.',
      examples: ['EMPTY'],
    }),
    pools: Type.Integer({
      description: 'How many pools have the region and type.',
      examples: [3],
    }),
    numbers: Type.Ref('ExplainedCount', {
      description:
        'Available numbers of those that fit the capabilities, prices and documentation.',
    }),
    steps: Type.Array(
      Type.Object({
        parameters: Type.Array(Type.String(), {
          description: 'The parameters of this filter.',
          examples: [['areaCode']],
        }),
        removed: Type.Ref('ExplainedCount', { description: 'What it removed.' }),
        left: Type.Ref('ExplainedCount', { description: 'What was left behind it.' }),
      }),
      { description: 'The filters in the order in which they were applied, first those of pools.' },
    ),
    relaxations: Type.Array(Type.Ref('SearchRelaxation'), {
      description: 'At most eight, the most alike first; none when the outcome is FULL.',
    }),
  },
  { $id: 'SearchExplanation', description: 'Why a search found what it did.' },
);

export const EXPLANATION_COMPONENTS = [
  NumberPlace,
  SearchedPlace,
  ExplainedCountSchema,
  RelaxationSchema,
  ExplanationSchema,
];

export const searchExplanationAnswer = {
  places: Type.Optional(
    Type.Array(Type.Ref('SearchedPlace'), {
      description:
        'Only with showPlace: the places that were meant, at most 20; none where none was asked for, or only an area code.',
    }),
  ),
  explanation: Type.Optional(Type.Ref('SearchExplanation', { description: 'Only with explain.' })),
};

/** Part of an available number. */
export const placedNumber = {
  place: Type.Optional(
    nullable(
      Type.Ref('NumberPlace', {
        description: 'Only with showPlace; null where it is not known.',
      }),
    ),
  ),
};

/** JSON text of a number with its place, made of the one without. */
export function withPlace(numberJson: string, place: Place | undefined): string {
  return `${numberJson.slice(0, -1)},"place":${JSON.stringify(place === undefined ? null : toNumberPlace(place))}}`;
}

function toNumberPlace({ locality, administrativeArea, latitude, longitude }: Place): object {
  return { locality, administrativeArea, latitude, longitude };
}

/** JSON text of a part of the answer. */
export function placesJson(places: readonly Place[]): string {
  return `"places":${JSON.stringify(places.map(toSearchedPlace))}`;
}

function toSearchedPlace(place: Place): object {
  return { ...toNumberPlace(place), distanceKm: place.distanceKm, prefixes: place.prefixes };
}

/**
 * JSON text of a part of the answer.
 * @param asked the names of the parameters of the search.
 */
export function explanationJson(explanation: Explanation, asked: ReadonlySet<string>): string {
  const { outcome, pools, numbers, steps, relaxations } = explanation;
  const head = JSON.stringify({
    outcome,
    pools,
    numbers,
    steps: steps.map((step) => toStep(step, asked)),
  });
  const list = relaxations.map((relaxation) => relaxationJson(relaxation, asked)).join(',');
  return `"explanation":${head.slice(0, -1)},"relaxations":[${list}]}`;
}

const PLACE_PARAMETERS = ['locality', 'administrativeArea', 'areaCode', 'near', 'distanceKm'];
const PATTERN_PARAMETERS = ['numberPattern.pattern', 'numberPattern.searchPattern'];

const PARAMETERS: Record<SearchStep, readonly string[]> = {
  capabilities: ['capabilities', 'capabilityMatch'],
  currencyCode: ['currencyCode'],
  maxSetupPrice: ['maxSetupPrice'],
  maxMonthlyPrice: ['maxMonthlyPrice'],
  documentationRequired: ['documentationRequired'],
  place: PLACE_PARAMETERS,
  patterns: PATTERN_PARAMETERS,
  excluded: ['excludePattern'],
};

function toStep({ step, removed, left }: ExplainedStep, asked: ReadonlySet<string>): object {
  return { parameters: PARAMETERS[step].filter((name) => asked.has(name)), removed, left };
}

function relaxationJson(
  { kind, change, place, example }: Relaxation,
  asked: ReadonlySet<string>,
): string {
  const { parameters, leaveOut } = toParameters(change);
  const head = JSON.stringify({
    kind,
    parameters,
    leaveOut: leaveOut.filter((name) => asked.has(name)),
    place: place === undefined ? null : toSearchedPlace(place),
  });
  return `${head.slice(0, -1)},"example":${availableNumberJson(example)}}`;
}

/** A change in the words of the wire. */
function toParameters({ pattern, excluded, place, ...plain }: SearchChange) {
  const parameters: Record<string, string | readonly string[]> = {};
  const leaveOut: string[] = [];
  for (const [name, value] of Object.entries(plain)) {
    if (value === null) leaveOut.push(name);
    else parameters[name] = value;
  }
  if (pattern === null) leaveOut.push(...PATTERN_PARAMETERS);
  if (pattern) {
    parameters['numberPattern.pattern'] = [pattern.digits];
    parameters['numberPattern.searchPattern'] = pattern.position;
  }
  if (excluded === null) leaveOut.push('excludePattern');
  if (place !== undefined) {
    const { regionCode: _, ...asked } = place ?? { regionCode: '' };
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    for (const [name, value] of given) parameters[name] = String(value);
    const names = new Set(given.map(([name]) => name));
    leaveOut.push(...PLACE_PARAMETERS.filter((name) => !names.has(name)));
  }
  return { parameters, leaveOut };
}
