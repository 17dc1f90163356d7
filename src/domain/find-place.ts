import type { KnownPlace, RegionPlaces } from './gazetteer.ts';
import { foldName, suggestNames, toNameKeys } from './place-name.ts';
import { lowerBound } from './prefix-cover.ts';

/** Towns whose names only begin with what was asked are meant while they are this few. */
const BEGUN_MAX = 5;
/** "San" begins too many names to be one of them. */
const BEGUN_LETTERS_MIN = 4;
const SUGGESTIONS_MAX = 3;

/** The towns of a name: "munich", "Muenchen", "Newcastle", "Springfield, IL", "Boston MA". Empty when there is none. */
export function findTowns(region: RegionPlaces, name: string): readonly KnownPlace[] {
  const found = findByName(region, name);
  if (found.length > 0) return found;
  const { town, stateName } = splitState(name);
  if (stateName === undefined) return [];
  const states = findStates(region, stateName);
  return states === undefined ? [] : findByName(region, town).filter(isInStates(states));
}

/** A state by its name or its code, with its counties, as positions in the region's list. */
export function findStates(region: RegionPlaces, name: string): ReadonlySet<number> | undefined {
  const found = new Set(toNameKeys(name).flatMap((key) => region.names().states.get(key) ?? []));
  if (found.size === 0) return undefined;
  for (const [at, { parent }] of region.states.entries()) {
    if (parent !== undefined && found.has(parent)) found.add(at);
  }
  return found;
}

export function isInStates(states: ReadonlySet<number>): (place: KnownPlace) => boolean {
  return (place) => place.states.some((state) => states.has(state));
}

/** Known names like the one that is not, ready to be read: 'Boston, Easton or Austin'; '' when nothing is like it. */
export function suggestTowns(region: RegionPlaces, name: string): string {
  const { town } = splitState(name);
  const { towns, otherTowns } = region.names();
  const keys = [...towns.keys(), ...otherTowns.keys()];
  const whole = suggestNames(name, keys, SUGGESTIONS_MAX);
  const found = whole.length > 0 ? whole : suggestNames(town, keys, SUGGESTIONS_MAX);
  const shown = found.map((key) => shownName(key, towns.get(key) ?? otherTowns.get(key) ?? []));
  return listed([...new Set(shown)]);
}

export function suggestStates(region: RegionPlaces, name: string): string {
  const { states } = region.names();
  const found = suggestNames(name, states.keys(), SUGGESTIONS_MAX);
  const names = found.map((key) => region.states[states.get(key)?.[0] ?? 0]?.name ?? key);
  return listed([...new Set(names)]);
}

/** "a", "a or b", "a, b or c". */
export function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

function findByName(region: RegionPlaces, name: string): KnownPlace[] {
  const { towns, otherTowns, sorted } = region.names();
  const keys = toNameKeys(name);
  const main = keys.flatMap((key) => towns.get(key) ?? []);
  if (main.length > 0) return unique(main);
  const wanted = foldName(name);
  // "New York City" is New York, and "Mexico" may be Mexico City.
  const city = wanted.endsWith(' city') ? wanted.slice(0, -5) : `${wanted} city`;
  const other = [...keys, city].flatMap((key) => [
    ...(otherTowns.get(key) ?? []),
    ...(key === city ? (towns.get(key) ?? []) : []),
  ]);
  if (wanted.length < BEGUN_LETTERS_MIN) return unique(other);
  const begun = listBegun(sorted, `${wanted} `).flatMap((key) => towns.get(key) ?? []);
  return unique([...other, ...(begun.length > BEGUN_MAX ? [] : begun)]);
}

/** Of a sorted list. */
function listBegun(sorted: readonly string[], head: string): readonly string[] {
  const behind = sorted.slice(lowerBound(sorted, head));
  const end = behind.findIndex((key) => !key.startsWith(head));
  return end < 0 ? behind : behind.slice(0, end);
}

/** The name that the data shows, or else the other one that was found. */
function shownName(key: string, [place]: readonly KnownPlace[]): string {
  const names = place === undefined ? [] : [place.name, ...place.otherNames];
  return names.find((name) => foldName(name) === key) ?? place?.name ?? key;
}

/** "Boston, MA" and "Boston MA". */
function splitState(name: string): { town: string; stateName: string | undefined } {
  const { town = name, state } =
    /^(?<town>.+?)\s*(?:,\s*|\s)(?<state>[^,\s]+(?:\s[^,]+)?)$/.exec(name.trim())?.groups ?? {};
  const comma = name.indexOf(',');
  if (comma > 0) {
    return { town: name.slice(0, comma).trim(), stateName: name.slice(comma + 1).trim() };
  }
  return { town, stateName: state };
}

function unique(places: readonly KnownPlace[]): KnownPlace[] {
  return [...new Set(places)];
}
