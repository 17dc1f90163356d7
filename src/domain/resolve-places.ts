import { readAreaCode } from './area-code.ts';
import { findStates, findTowns, isInStates, suggestStates, suggestTowns } from './find-place.ts';
import type { Coordinates, Gazetteer, KnownPlace, RegionPlaces } from './gazetteer.ts';
import { describePlace, listByDistance, type Place, toPlace } from './place.ts';
import {
  type Coarseness,
  coverPrefixes,
  EXACT,
  intersectPrefixes,
  withoutNested,
} from './prefix-cover.ts';
import { regionName } from './region.ts';

/** What a caller asks of the place of a number, as the text of the request. All of it must hold. */
export interface PlaceQuery {
  regionCode: string;
  locality?: string | undefined;
  administrativeArea?: string | undefined;
  /** As people of the region write it: 212, 020 or (0)20 7. */
  areaCode?: string | undefined;
  /** A number in E.164, or "latitude,longitude" in degrees. */
  near?: string | undefined;
  /** How far from `near`; without it DISTANCE_KM_DEFAULT. */
  distanceKm?: number | undefined;
}

export interface ResolvedPlaces {
  /** What a number must begin with, plus sign included; never empty, sorted, none inside another. */
  prefixes: readonly string[];
  /** The places that were meant, at most PLACES_MAX, the nearest first; empty where only an area code was asked for. */
  places: readonly Place[];
}

/** Why a query cannot be answered: a sentence part that follows the field's name. */
export interface PlaceProblem {
  field: Exclude<keyof PlaceQuery, 'regionCode'>;
  description: string;
}

export const DISTANCE_KM_DEFAULT = 50;
/** Farther away nobody calls it near; and a circle of this size has all area codes of most regions in it. */
export const DISTANCE_KM_MAX = 500;
/** An answer that shows more places is no help to anybody. */
export const PLACES_MAX = 20;
/** Each is a range of an index that a search may have to look at. More are merged, so that borders are coarse. */
export const PREFIXES_MAX = 200;
/** The longest name of a place in the data has half of it. */
const PLACE_NAME_LENGTH_MAX = 100;
/** A few hundred kilobytes, whatever is asked. */
const MEMO_SIZE_MAX = 200;

const memos = new WeakMap<Gazetteer, Map<string, ResolvedPlaces | PlaceProblem>>();

/** From names, area codes and distances to beginnings of numbers. */
export function resolvePlaces(
  gazetteer: Gazetteer,
  query: PlaceQuery,
): ResolvedPlaces | PlaceProblem {
  // A search page asks the same again and again, and a circle takes milliseconds to compute.
  const memo = memos.get(gazetteer) ?? new Map<string, ResolvedPlaces | PlaceProblem>();
  memos.set(gazetteer, memo);
  const { regionCode, locality, administrativeArea, areaCode, near, distanceKm } = query;
  const asked = [regionCode, locality, administrativeArea, areaCode, near, distanceKm];
  const key = JSON.stringify(
    asked.map((value) => String(value).slice(0, PLACE_NAME_LENGTH_MAX + 1)),
  );
  const known = memo.get(key);
  if (known !== undefined) return known;
  if (memo.size >= MEMO_SIZE_MAX) memo.clear();
  const resolved = resolve(gazetteer, query);
  memo.set(key, resolved);
  return resolved;
}

function resolve(gazetteer: Gazetteer, query: PlaceQuery): ResolvedPlaces | PlaceProblem {
  const areaCode =
    query.areaCode === undefined
      ? undefined
      : readAreaCode(gazetteer, query.regionCode, query.areaCode);
  if (areaCode !== undefined && 'problem' in areaCode) {
    return { field: 'areaCode', description: areaCode.problem };
  }
  const named = findNamed(gazetteer, query);
  if (named !== undefined && 'field' in named) return named;
  if (named === undefined) {
    if (areaCode === undefined) return { field: 'areaCode', description: 'is required.' };
    return { prefixes: withoutNested(areaCode.prefixes), places: [] };
  }
  if (areaCode === undefined) return named;
  const prefixes = intersectPrefixes(named.prefixes, areaCode.prefixes);
  if (prefixes.length > 0) return { ...named, prefixes };
  return { field: 'areaCode', description: 'no number of that place begins so.' };
}

const TEXTS = ['locality', 'administrativeArea', 'near'] as const;

/** Everything but the area code; `undefined` when nothing else was asked. */
function findNamed(
  gazetteer: Gazetteer,
  query: PlaceQuery,
): ResolvedPlaces | PlaceProblem | undefined {
  const { regionCode, locality, administrativeArea, near } = query;
  const asked = TEXTS.find((field) => query[field] !== undefined);
  if (asked === undefined) return undefined;
  const tooLong = TEXTS.find((field) => (query[field]?.length ?? 0) > PLACE_NAME_LENGTH_MAX);
  if (tooLong !== undefined) {
    const description = `must have at most ${PLACE_NAME_LENGTH_MAX} characters.`;
    return { field: tooLong, description };
  }
  const region = gazetteer.region(regionCode);
  if (region === undefined) {
    const description = `the places of ${regionName(regionCode)} are not known; use areaCode instead.`;
    return { field: asked, description };
  }
  const states =
    administrativeArea === undefined ? undefined : findStates(region, administrativeArea);
  if (administrativeArea !== undefined && states === undefined) {
    const like = suggestStates(region, administrativeArea);
    const description = unknownName(region, administrativeArea, like);
    return { field: 'administrativeArea', description };
  }
  const towns = locality === undefined ? undefined : findTowns(region, locality);
  if (locality !== undefined && towns?.length === 0) {
    const description = unknownName(region, locality, suggestTowns(region, locality));
    return { field: 'locality', description };
  }
  const isInState = states === undefined ? () => true : isInStates(states);
  const here = towns?.filter(isInState);
  if (here?.length === 0) {
    const description = `there is no ${quoted(locality)} in ${quoted(administrativeArea)}.`;
    return { field: 'locality', description };
  }
  if (near !== undefined) {
    const isMeant = (town: KnownPlace) => here?.includes(town) ?? isInState(town);
    return findNear(gazetteer, region, query, isMeant);
  }
  if (here !== undefined) return toResolvedTowns(gazetteer, region, here);
  return toResolvedStates(gazetteer, region, [...(states ?? [])]);
}

function unknownName(region: RegionPlaces, name: string, like: string): string {
  const known = `no place with numbers of ${regionName(region.regionCode)} is called ${quoted(name)}`;
  return like === '' ? `${known}.` : `${known}; did you mean ${like}?`;
}

function quoted(name = ''): string {
  return `"${name}"`;
}

/** A whole area code is near when this part of the places that it is known to have is. */
const MOST = 0.5;
const NEVER = 99;

/** The towns within the distance that are among those asked for. */
function findNear(
  gazetteer: Gazetteer,
  region: RegionPlaces,
  { near = '', distanceKm: limitKm = DISTANCE_KM_DEFAULT }: PlaceQuery,
  isMeant: (town: KnownPlace) => boolean,
): ResolvedPlaces | PlaceProblem {
  if (!(limitKm > 0 && limitKm <= DISTANCE_KM_MAX)) {
    const description = `must be more than 0 and at most ${DISTANCE_KM_MAX}.`;
    return { field: 'distanceKm', description };
  }
  const centre = readCentre(gazetteer, near);
  if ('field' in centre) return centre;
  const listWithin = (km: number) =>
    listByDistance(region, centre, km).filter(({ town }) => isMeant(town));
  const within = listWithin(limitKm);
  if (within.length === 0) {
    const [nearest] = listWithin(Infinity);
    const none = `none of the places asked for is within ${limitKm} km`;
    const away = nearest && `${nearest.town.name}, ${Math.round(nearest.km)} km away`;
    return { field: 'near', description: away ? `${none}; the nearest is ${away}.` : `${none}.` };
  }
  const towns = within.map(({ town }) => town);
  const coarseness = { share: MOST, digitsMin: region.areaDigits ?? NEVER };
  return {
    prefixes: cover(gazetteer, region, towns, coarseness),
    places: within.slice(0, PLACES_MAX).map(({ town, km }) => toPlace(region, town, km)),
  };
}

function readCentre(gazetteer: Gazetteer, near: string): Coordinates | PlaceProblem {
  const numbers = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(near);
  if (numbers !== null) {
    const [latitude, longitude] = [Number(numbers[1]), Number(numbers[2])];
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
    const description = 'is no place on earth: latitude goes to 90, longitude to 180.';
    return { field: 'near', description };
  }
  // A space in front is a plus sign that somebody's form decoder ate.
  const e164 = near.replace(/^ /, '+').replaceAll(/[\s().-]/g, '');
  if (!/^\+[1-9]\d{6,14}$/.test(e164)) {
    const description =
      'must be a number in E.164 format, or latitude,longitude such as 40.71,-74.01.';
    return { field: 'near', description };
  }
  const place = describePlace(gazetteer, e164);
  if (place === undefined || place.latitude === null || place.longitude === null) {
    return { field: 'near', description: `where ${e164} is from is not known.` };
  }
  return { latitude: place.latitude, longitude: place.longitude };
}

function toResolvedTowns(
  gazetteer: Gazetteer,
  region: RegionPlaces,
  towns: readonly KnownPlace[],
): ResolvedPlaces {
  return {
    prefixes: cover(gazetteer, region, towns, EXACT),
    places: towns.slice(0, PLACES_MAX).map((town) => toPlace(region, town, null)),
  };
}

/** States are shown as themselves, not as the hundreds of towns in them. */
function toResolvedStates(
  gazetteer: Gazetteer,
  region: RegionPlaces,
  states: readonly number[],
): ResolvedPlaces | PlaceProblem {
  const isInState = isInStates(new Set(states));
  const inside = region.places.filter((place) => !place.isShared && isInState(place));
  const prefixes = cover(gazetteer, region, inside, EXACT);
  if (prefixes.length === 0) {
    const description = 'no numbers of that area are known; use areaCode instead.';
    return { field: 'administrativeArea', description };
  }
  const [first = -1] = states;
  const place: Place = {
    regionCode: region.regionCode,
    locality: '',
    administrativeArea: region.states[first]?.name ?? '',
    latitude: null,
    longitude: null,
    distanceKm: null,
    prefixes,
  };
  return { prefixes, places: [place] };
}

/** What the numbers of the places begin with; coarser where it would be too many beginnings. */
function cover(
  gazetteer: Gazetteer,
  { callingCode }: RegionPlaces,
  places: readonly KnownPlace[],
  coarseness: Coarseness,
): string[] {
  const numbers = gazetteer.numbersLike(`+${callingCode}`);
  const known = numbers?.beginnings ?? [];
  const isKnown = (digits: string) => numbers?.owners.has(digits) === true;
  const chosen = new Set(places.flatMap(({ digits }) => digits));
  const steps = [coarseness, ...COARSER.filter(({ share }) => share < coarseness.share)];
  let covered: string[] = [];
  for (const step of steps) {
    covered = coverPrefixes({ known, isKnown, chosen }, step);
    if (covered.length <= PREFIXES_MAX) break;
  }
  const overlays = callingCode === '1' ? covered.flatMap((code) => gazetteer.overlaysOf(code)) : [];
  return withoutNested([...covered, ...overlays].map((digits) => `+${callingCode}${digits}`));
}

const COARSER = [0.75, 0.5, 0.25, 0.1, 0.01].map((share) => ({ share, digitsMin: 2 }));
