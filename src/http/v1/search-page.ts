import { Type } from 'typebox';

import type { SearchCriteria, SearchResult } from '../../app/search-available-numbers.ts';
import { memorabilityOf } from '../../domain/memorability.ts';
import { invalidField } from '../../errors.ts';
import { AVAILABLE_NUMBER, type Examples } from './examples.ts';
import { invalidOrderBy } from './paging.ts';

/** The order, the pages and the runs of a search: its parameters, and what they add to the answer. */

const ORDERS = {
  phoneNumber: 'PHONE_NUMBER',
  monthlyPrice: 'MONTHLY_PRICE',
  memorability: 'MEMORABILITY',
} as const;

/** A run must fit into an answer; operators sell numbers in blocks of up to a hundred. */
export const SEQUENTIAL_MAX = 100;
const SIZE_DEFAULT = 20;

export const searchPageQuery = {
  orderBy: Type.Optional(
    Type.String({
      description:
        'phoneNumber; monthlyPrice, one currency after the other in the order of their codes; or memorability, the best score first. Numbers of one price or score are in the order of their digits. An ordered search has pages. Without it the numbers are from all over the stock.',
      examples: ['memorability'],
    }),
  ),
  pageToken: Type.Optional(
    Type.String({
      description: 'The nextPageToken of the page before, with the same order and filters.',
    }),
  ),
  sequential: Type.Optional(
    Type.Integer({
      minimum: 2,
      maximum: SEQUENTIAL_MAX,
      description:
        'Runs of so many consecutive numbers of the same price, one run after the other; size counts numbers, and only whole runs are shown. With orderBy it goes together with phoneNumber alone.',
      examples: [5],
    }),
  ),
};

export const searchPageAnswer = {
  nextPageToken: Type.Optional(
    Type.String({
      description:
        'Only of ordered searches: the token of the next page, empty on the last one. A page may be short, or even empty, and not the last: then much had to be looked through.',
      examples: [''],
    }),
  ),
  searchCompleted: Type.Optional(
    Type.Boolean({
      description:
        'Only of a search for runs without an order: false when it was given up before the whole stock was looked through, so that there may be more runs.',
      examples: [true],
    }),
  ),
};

export const Memorability = Type.Object(
  {
    score: Type.Integer({ description: 'From 0 to 100.', examples: [25] }),
    reason: Type.String({
      description: 'What makes it memorable; empty for a score of 0.',
      examples: ['WORD_OF_FOUR'],
    }),
    ending: Type.String({ description: 'The last digits, which are meant.', examples: ['8294'] }),
    word: Type.String({
      description: 'The word that they spell on a keypad; empty when that is not the reason.',
      examples: ['TAXI'],
    }),
  },
  { $id: 'Memorability', description: 'How easy a number is to remember, and why.' },
);

export const SEARCH_PAGE_EXAMPLES: Examples = {
  memorable: {
    summary: 'The first page, the most memorable number first',
    value: {
      availableNumbers: [
        {
          ...AVAILABLE_NUMBER,
          phoneNumber: '+13055550111',
          memorability: { score: 5, reason: 'THREE_ALIKE', ending: '111', word: '' },
        },
        {
          ...AVAILABLE_NUMBER,
          memorability: { score: 0, reason: '', ending: '', word: '' },
        },
      ],
      nextPageToken: 'JmZfKDeMNdnY4NjpeyJyYW5rIjpbMF0sImZyb20iOiIrMTIwMjU1NTAxMzQwIn0',
    },
  },
  runs: {
    summary: 'A run of two',
    value: {
      availableNumbers: [AVAILABLE_NUMBER, { ...AVAILABLE_NUMBER, phoneNumber: '+12025550135' }],
      searchCompleted: true,
    },
  },
};

/** Part of an available number. */
export const searchPageNumber = {
  memorability: Type.Optional(
    Type.Ref('Memorability', { description: 'Only when the search is ordered by it.' }),
  ),
};

type SearchPage = Pick<SearchCriteria, 'order' | 'sequential' | 'size'>;

/** @throws DomainError INVALID_ARGUMENT when the parameters do not go together. */
export function toSearchPage(query: {
  orderBy?: string;
  pageToken?: string;
  sequential?: number;
  size?: number;
}): SearchPage {
  const { orderBy, sequential, size = Math.max(SIZE_DEFAULT, sequential ?? 0) } = query;
  const order = orderBy === undefined ? 'SPREAD' : toOrder(orderBy);
  if (order === 'SPREAD' && query.pageToken !== undefined) {
    throw invalidField('pageToken', 'needs orderBy: only an ordered search has pages.');
  }
  if (sequential !== undefined) {
    if (order !== 'SPREAD' && order !== 'PHONE_NUMBER') {
      throw invalidField('orderBy', 'must be phoneNumber, or absent, when sequential is given.');
    }
    if (size < sequential) {
      throw invalidField('size', 'must be at least sequential, so that one run fits.');
    }
  }
  return { order, sequential, size };
}

function toOrder(orderBy: string): SearchPage['order'] {
  if (Object.hasOwn(ORDERS, orderBy)) return ORDERS[orderBy as keyof typeof ORDERS];
  throw invalidOrderBy(orderBy);
}

/** JSON text of a number with its score, made of the one without. */
export function withMemorability(numberJson: string, e164: string): string {
  return `${numberJson.slice(0, -1)},"memorability":${JSON.stringify(memorabilityOf(e164))}}`;
}

/**
 * JSON texts of parts of the answer; none for a search as it always was.
 * @param encode makes a page token.
 */
export function pageJson(
  { order, sequential }: SearchPage,
  { next, isComplete }: SearchResult,
  encode: (position: NonNullable<SearchResult['next']>) => string,
): string[] {
  if (order !== 'SPREAD') {
    return [`"nextPageToken":"${next === undefined ? '' : encode(next)}"`];
  }
  return sequential === undefined ? [] : [`"searchCompleted":${isComplete}`];
}
