import type { FastifyInstance } from 'fastify';

import { getAvailableNumber } from '../../app/get-available-number.ts';
import { rentAnyNumber } from '../../app/rent-any-number.ts';
import { rentNumber } from '../../app/rent-number.ts';
import { explainSearch } from '../../app/explain-search.ts';
import { searchAvailableNumbers } from '../../app/search-available-numbers.ts';
import type { PagePosition } from '../../app/search-in-order.ts';
import type { Context } from '../../context.ts';
import { loadGazetteer } from '../../domain/gazetteer.ts';
import { createPageTokens } from '../../domain/page-token.ts';
import { describePlace } from '../../domain/place.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader, queryReader } from '../read-request.ts';
import { sendJsonText } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import { CHECK_ERRORS, RENT_ANY_ERRORS, RENT_ERRORS, SEARCH_ERRORS } from './error-examples.ts';
import {
  AVAILABLE_NUMBER_EXAMPLES,
  RENT_ANY_EXAMPLES,
  RENT_EXAMPLES,
  RENTED_NUMBER_EXAMPLES,
  SEARCH_EXAMPLES,
} from './examples.ts';
import { readPageToken } from './paging.ts';
import {
  AvailableNumbersQuery,
  NumberPath,
  RentAnyNumberRequest,
  RentNumberRequest,
} from './schemas.ts';
import { fromBody, fromQuery, readCriteria } from './search-criteria.ts';
import { explanationJson, placesJson, withPlace } from './search-explanation.ts';
import { pageJson, SEARCH_PAGE_EXAMPLES, toSearchPage, withMemorability } from './search-page.ts';
import { availableNumberJson, toActiveNumber, toE164, toRentRequest } from './wire.ts';

const readSearch = queryReader(AvailableNumbersQuery);
const readRent = bodyReader(RentNumberRequest);
const readRentAny = bodyReader(RentAnyNumberRequest);

export function registerAvailableNumbers(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  const pageTokens = createPageTokens(context.tokenKey);

  app.get(
    '/availableNumbers',
    {
      schema: describeOperation({
        operationId: 'NumberService_ListAvailableNumbers',
        summary: 'Search available numbers',
        description:
          'Numbers that can be rented now, from all over the stock: each search begins somewhere else. With orderBy they are in an order, in pages. None is an empty list.',
        tag: 'Available numbers',
        querystring: AvailableNumbersQuery,
        response: 'AvailableNumbersResponse',
        responseExamples: { ...SEARCH_EXAMPLES, ...SEARCH_PAGE_EXAMPLES },
        errors: SEARCH_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const query = readSearch(request);
      const page = toSearchPage(query);
      const { criteria, placeQuery, places } = await readCriteria(fromQuery(query));
      // Only of pages, which most searches have none of. A page may have another size than the one before.
      const scope = () =>
        JSON.stringify(['availableNumbers', projectId, criteria, { ...page, size: 0 }]);
      const position = readPageToken(pageTokens, scope, query.pageToken) as
        | PagePosition
        | undefined;
      // Not spread both: that of a second object takes longer than all that is read here.
      const { order, sequential, size } = page;
      const search = { ...criteria, order, sequential, size, position };
      const result = await searchAvailableNumbers(context, projectId, search);
      const gazetteer = query.showPlace === true ? await loadGazetteer() : undefined;
      const list = result.numbers.map((number) => {
        let json = availableNumberJson(number);
        if (page.order === 'MEMORABILITY') json = withMemorability(json, number.e164);
        if (gazetteer === undefined) return json;
        return withPlace(json, describePlace(gazetteer, number.e164, query.type));
      });
      const parts: string[] = [];
      if (query.showPlace === true) parts.push(placesJson(places));
      parts.push(...pageJson(page, result, (next) => pageTokens.encode(scope(), next)));
      if (query.explain === true) {
        const explanation = await explainSearch(context, projectId, search, result, {
          query: placeQuery,
          places,
        });
        parts.push(explanationJson(explanation, new Set(Object.keys(query))));
      }
      const more = parts.map((part) => `,${part}`).join('');
      return sendJsonText(reply, `{"availableNumbers":[${list.join(',')}]${more}}`);
    },
  );

  app.get<{ Params: { phoneNumber: string } }>(
    '/availableNumbers/:phoneNumber([^:/]+)',
    {
      schema: describeOperation({
        operationId: 'NumberService_GetAvailableNumber',
        summary: 'Check one available number',
        description:
          'Answers 404 when the number cannot be rented by this project, for whatever reason.',
        tag: 'Available numbers',
        params: NumberPath,
        response: 'AvailableNumber',
        responseExamples: AVAILABLE_NUMBER_EXAMPLES,
        errors: CHECK_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const number = await getAvailableNumber(context, projectId, e164);
      return sendJsonText(reply, availableNumberJson(number));
    },
  );

  app.post<{ Params: { phoneNumber: string } }>(
    '/availableNumbers/:phoneNumber([^:/]+)::rent',
    {
      schema: describeOperation({
        operationId: 'NumberService_RentNumber',
        summary: 'Rent a number',
        description:
          'Of any number of callers exactly one gets the number; the others get 404. Configurations are provisioned afterwards: the answer shows them as scheduled.',
        tag: 'Available numbers',
        params: NumberPath,
        body: RentNumberRequest,
        bodyExamples: RENT_EXAMPLES,
        response: 'ActiveNumber',
        responseExamples: RENTED_NUMBER_EXAMPLES,
        errors: RENT_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const rent = toRentRequest(readRent(request));
      const act = (once: Context) => rentNumber(once, caller, e164, rent);
      return answerOnce(request, reply, context, caller, act, toActiveNumber);
    },
  );

  app.post(
    '/availableNumbers::rentAny',
    {
      schema: describeOperation({
        operationId: 'NumberService_RentAnyNumber',
        summary: 'Rent any number that matches',
        description:
          'Searches and rents in one call: where another caller is faster it takes the next match. When others are faster 25 searches in a row, it answers 503; then try again.',
        tag: 'Available numbers',
        body: RentAnyNumberRequest,
        bodyExamples: RENT_ANY_EXAMPLES,
        response: 'ActiveNumber',
        responseExamples: RENTED_NUMBER_EXAMPLES,
        errors: RENT_ANY_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const body = readRentAny(request);
      const { criteria } = await readCriteria(fromBody(body));
      const rent = toRentRequest(body);
      const act = (once: Context) => rentAnyNumber(once, caller, criteria, rent);
      return answerOnce(request, reply, context, caller, act, toActiveNumber);
    },
  );
}
