import type { Coordinates, Gazetteer, KnownPlace, RegionPlaces } from './gazetteer.ts';
import type { NumberType } from './pool.ts';
import { withoutNested } from './prefix-cover.ts';

/** A town, or a wider area where the numbering plan knows no town, and the numbers that belong to it. */
export interface Place {
  regionCode: string;
  /** The English name of a town; '' where the place is a whole administrative area. */
  locality: string;
  /** The English name of a state, province or county; '' where it is not known. */
  administrativeArea: string;
  /** Degrees; null where it is not known. */
  latitude: number | null;
  longitude: number | null;
  /** From what was asked with `near`; else null. */
  distanceKm: number | null;
  /** What its numbers begin with, plus sign included; none of them lies inside another. */
  prefixes: readonly string[];
}

/** Farther away is no neighbour, not even in a desert. */
const NEIGHBOUR_KM_MAX = 300;
/** Towns of one code that are named together. */
const TOWNS_SHOWN_MAX = 3;

/**
 * The place of a number by its longest known beginning; `undefined` for those without one: toll-free numbers,
 * and mobile ones but where they have area codes.
 */
export function describePlace(
  gazetteer: Gazetteer,
  e164: string,
  type: NumberType = 'LOCAL',
): Place | undefined {
  const numbers = gazetteer.numbersLike(e164);
  const beginning = gazetteer.ownedBeginning(e164);
  if (numbers === undefined || beginning === undefined || type === 'TOLL_FREE') return undefined;
  const [first, ...others] = numbers.owners.get(beginning) ?? [];
  const region = gazetteer.region(first?.regionCode ?? '');
  if (first === undefined || region === undefined) return undefined;
  if (type === 'MOBILE' && !region.mobileToo) return undefined;
  const place = toPlace(region, first, null);
  if (others.length === 0) return place;
  // One code for several towns: none of them alone is the place of the number.
  const names = [first, ...others].map(({ name }) => name).filter((name) => name !== '');
  return { ...place, locality: names.slice(0, TOWNS_SHOWN_MAX).join('/') };
}

/** Other towns of the region around a place, the nearest first, that have other numbers. For suggestions. */
export function listNeighbours(gazetteer: Gazetteer, place: Place, limit: number): Place[] {
  const region = gazetteer.region(place.regionCode);
  const { latitude, longitude } = place;
  if (region === undefined || latitude === null || longitude === null) return [];
  const own = new Set(place.prefixes);
  return listByDistance(region, { latitude, longitude }, NEIGHBOUR_KM_MAX)
    .filter(({ town }) => !town.isShared)
    .map(({ town, km }) => toPlace(region, town, km))
    .filter(({ prefixes }) => !prefixes.some((prefix) => own.has(prefix)))
    .slice(0, limit);
}

/** The towns of a region within a distance, as far as it is known where they are, the nearest first. */
export function listByDistance(
  region: RegionPlaces,
  centre: Coordinates,
  limitKm: number,
): { town: KnownPlace; km: number }[] {
  const found: { town: KnownPlace; km: number }[] = [];
  // Most are too far north or south, which is quick to see.
  const degreesMax = toDegrees((limitKm * 1.01) / EARTH_RADIUS_KM);
  for (const town of region.places) {
    if (town.at === undefined) continue;
    if (Math.abs(town.at.latitude - centre.latitude) > degreesMax) continue;
    const km = distanceKm(centre, town.at);
    if (km <= limitKm) found.push({ town, km });
  }
  return found.sort((a, b) => a.km - b.km);
}

/** Along the surface of the earth, as a sphere. */
export function distanceKm(a: Coordinates, b: Coordinates): number {
  const north = toRadians(b.latitude - a.latitude);
  const east = toRadians(b.longitude - a.longitude);
  const chord =
    Math.sin(north / 2) ** 2 +
    Math.cos(toRadians(a.latitude)) * Math.cos(toRadians(b.latitude)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const EARTH_RADIUS_KM = 6371;

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function toDegrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

/** As it is shown. @param km how far away it is, where that was asked. */
export function toPlace(region: RegionPlaces, place: KnownPlace, km: number | null): Place {
  const states = place.states.map((at) => region.states[at]?.name ?? '');
  return {
    regionCode: region.regionCode,
    locality: place.name,
    administrativeArea: states.join('/'),
    latitude: place.at?.latitude ?? null,
    longitude: place.at?.longitude ?? null,
    distanceKm: km === null ? null : Math.round(km * 10) / 10,
    prefixes: withoutNested(place.digits.map((digits) => `+${region.callingCode}${digits}`)),
  };
}
