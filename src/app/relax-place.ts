import type { Gazetteer } from '../domain/gazetteer.ts';
import { describePlace, listNeighbours, type Place } from '../domain/place.ts';
import { DISTANCE_KM_DEFAULT, type PlaceQuery, resolvePlaces } from '../domain/resolve-places.ts';
import type { Candidate, RelaxationKind } from './relax-search.ts';
import type { SearchCriteria } from './search-available-numbers.ts';

/** Neighbouring areas are asked for one by one, and many have no numbers in stock. */
const NEIGHBOURS_MAX = 8;
/** How far around a place is looked for numbers. */
const DISTANCES_KM = [25, 50, 100, 200, 500];

export interface RelaxedPlace {
  gazetteer: Gazetteer;
  query: PlaceQuery;
  /** The places that were meant; none where only an area code was asked for. */
  places: readonly Place[];
}

/** The same search in the areas around the one that was asked for, the nearest first. */
export function* listNeighbouring(
  criteria: SearchCriteria,
  place: RelaxedPlace,
): Generator<Candidate> {
  const here = findTown(criteria, place);
  if (here === undefined) return;
  const { regionCode } = place.query;
  // A town may have other area codes besides the one that was asked for.
  const others = place.places.length === 0 ? [here] : [];
  for (const each of [...others, ...listNeighbours(place.gazetteer, here, NEIGHBOURS_MAX)]) {
    const asked = toQuery(regionCode, each);
    for (const candidate of resolved('NEIGHBOURING_AREA', criteria, place.gazetteer, asked)) {
      yield { ...candidate, place: each };
    }
  }
}

/** The same search in larger and larger circles, and at last everywhere. */
export function* listFarther(criteria: SearchCriteria, place: RelaxedPlace): Generator<Candidate> {
  const { regionCode, near = toCoordinates(findTown(criteria, place)) } = place.query;
  const { distanceKm: asked = place.query.near === undefined ? 0 : DISTANCE_KM_DEFAULT } =
    place.query;
  for (const distanceKm of near === undefined ? [] : DISTANCES_KM) {
    if (distanceKm <= asked) continue;
    const query = { regionCode, near, distanceKm };
    yield* resolved('LARGER_DISTANCE', criteria, place.gazetteer, query);
  }
  const filter = { ...criteria.filter, prefixes: undefined };
  yield { kind: 'WITHOUT_PLACE', change: { place: null }, criteria: { ...criteria, filter } };
}

/** Nothing when there is no such place. */
function resolved(
  kind: RelaxationKind,
  criteria: SearchCriteria,
  gazetteer: Gazetteer,
  query: PlaceQuery,
): Candidate[] {
  const found = resolvePlaces(gazetteer, query);
  if ('field' in found) return [];
  const filter = { ...criteria.filter, prefixes: found.prefixes };
  return [{ kind, change: { place: query }, criteria: { ...criteria, filter } }];
}

/** The town that was meant: that of the area code, or one of those that share it. */
function findTown(
  { filter }: SearchCriteria,
  { gazetteer, places }: RelaxedPlace,
): Place | undefined {
  const [meant] = places;
  const [prefix] = filter.prefixes ?? [];
  if (meant !== undefined || prefix === undefined) return meant;
  const whole = describePlace(gazetteer, prefix);
  if (toCoordinates(whole) !== undefined) return whole;
  const numbers = gazetteer.numbersLike(prefix);
  return numbers?.beginnings
    .map((digits) => `+${numbers.callingCode}${digits}`)
    .filter((beginning) => beginning.startsWith(prefix))
    .map((beginning) => describePlace(gazetteer, beginning))
    .find((each) => toCoordinates(each) !== undefined);
}

function toCoordinates(place: Place | undefined): string | undefined {
  const { latitude = null, longitude = null } = place ?? {};
  return latitude === null || longitude === null ? undefined : `${latitude},${longitude}`;
}

function toQuery(regionCode: string, { locality, administrativeArea }: Place): PlaceQuery {
  return {
    regionCode,
    ...(locality !== '' && { locality }),
    // Several states in one text are none.
    ...(administrativeArea !== '' && !administrativeArea.includes('/') && { administrativeArea }),
  };
}
