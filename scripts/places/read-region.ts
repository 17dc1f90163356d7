/** From libphonenumber's texts of one region to towns and states with the beginnings of their numbers. */
import { foldName } from '../../src/domain/place-name.ts';
import type { RegionPlan } from './plans.ts';
import type { Sources } from './sources.ts';
import { splitSuffix } from './split-suffix.ts';
import { States } from './states.ts';

/** A town, or states where the text names no town. */
export interface PlaceDraft {
  name: string;
  /** Positions in the list of states. */
  states: number[];
  prefixes: Set<string>;
  otherNames: Set<string>;
  latitude?: number;
  longitude?: number;
  population?: number;
  /** Its numbers begin like those of a place around it, which they are named after. */
  shared?: boolean;
}

export interface RegionDraft {
  plan: RegionPlan;
  states: States;
  places: PlaceDraft[];
}

export function readRegion(sources: Sources, plan: RegionPlan): RegionDraft {
  const texts = fold(readTexts(sources, plan), plan.digitsMax);
  const states = new States(sources, plan);
  const towns = listTowns(sources, plan.region);
  states.learnSuffixes(texts.values(), sources.cities(plan.region));

  const places = new Map<string, PlaceDraft>();
  for (const [prefix, text] of texts) {
    for (const place of toPlaces(text, states, plan, towns)) {
      const key = `${place.name}|${place.states.join()}`;
      const known = places.get(key) ?? place;
      known.prefixes.add(prefix);
      places.set(key, known);
    }
  }
  const region = { plan, states, places: [...places.values()] };
  addZones(region);
  addOtherLanguages(sources, region, texts);
  if (plan.statesAlone) giveAreaCodes(region);
  return region;
}

function readTexts(sources: Sources, plan: RegionPlan): Map<string, string> {
  const { callingCode, only, renamed = {}, added = {} } = plan;
  const texts = new Map([...sources.readPlaceTexts('en', callingCode), ...Object.entries(added)]);
  for (const [prefix, text] of texts) {
    if (only !== undefined && !only.test(prefix)) texts.delete(prefix);
    else texts.set(prefix, renamed[text] ?? text);
  }
  return texts;
}

/** Single exchanges become what most of them under one beginning are, if anything is. */
function fold(texts: Map<string, string>, digitsMax = Infinity): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const [prefix, text] of texts) {
    if (prefix.length <= digitsMax) continue;
    texts.delete(prefix);
    const head = prefix.slice(0, digitsMax);
    const under = counts.get(head) ?? new Map<string, number>();
    const weight = 10 ** (12 - prefix.length);
    counts.set(head, under.set(text, (under.get(text) ?? 0) + weight));
  }
  for (const [head, under] of counts) {
    const [first] = [...under].sort((a, b) => b[1] - a[1]);
    if (first !== undefined && first[1] * 2 >= 10 ** (12 - digitsMax)) texts.set(head, first[0]);
  }
  return texts;
}

/** Whether there is a town of a name, and whether there is one whose name begins so: "Yverdon". */
interface Towns {
  isTown: (name: string) => boolean;
  isBegun: (name: string) => boolean;
}

function listTowns(sources: Sources, region: string): Towns {
  const names = sources.cities(region).map(({ name }) => foldName(name));
  const known = new Set(names);
  const begun = new Set(names.map((name) => name.split(' ')[0] ?? ''));
  return {
    isTown: (name) => known.has(foldName(name)),
    isBegun: (name) => begun.has(foldName(name)),
  };
}

/** "Town, State", "Town/Town", "Town-Town", "State" or "Town", by what the region's texts are like. */
function toPlaces(
  text: string,
  states: States,
  plan: RegionPlan,
  { isTown, isBegun }: Towns,
): PlaceDraft[] {
  const draft = (name: string, inStates: number[]): PlaceDraft => ({
    name,
    states: inStates,
    prefixes: new Set(),
    otherNames: new Set(),
  });
  if (text === '') return [];
  const { body, suffix } = splitSuffix(text);
  if (suffix !== undefined) {
    const state = states.findSuffix(suffix);
    // A state of another region that shares the calling code.
    if (state === undefined && plan.statesAlone) return [];
    return body.split('/').map((name) => draft(name.trim(), state === undefined ? [] : [state]));
  }
  const names = text.split('/').map((name) => name.trim());
  // A county becomes one of the states when it is found, so towns are not looked for among them.
  const inStates = names.map((name) =>
    isTown(name) && plan.statesAlone !== true ? undefined : states.find(name),
  );
  if (plan.statesAlone || !inStates.includes(undefined)) {
    const known = inStates.filter((state) => state !== undefined);
    return known.length === 0 ? [] : [draft('', known)];
  }
  const [only] = names;
  if (names.length > 1 || only === undefined) {
    // Of several, those that nobody has heard of are descriptions: "Northern and Western Mpumalanga".
    const towns = names.filter((name) => isTown(name) || isBegun(name));
    return (towns.length > 0 ? towns : names.slice(0, 1)).map((name) => draft(name, []));
  }
  const parts = only.split('-').map((part) => part.trim());
  if (!isTown(only) && parts.length > 1 && parts.every(isTown)) {
    return parts.map((name) => draft(name, []));
  }
  return [draft(only, [])];
}

/** The states of a zone, for beginnings that the data has no town for. */
function addZones({ plan, places, states }: RegionDraft): void {
  const byDigits = Map.groupBy(plan.zones ?? [], ({ digits }) => digits);
  for (const [digits, zones] of byDigits) {
    if (places.some(({ prefixes }) => prefixes.has(digits))) continue;
    const inStates = zones.flatMap(({ admin1 }) => admin1.map((code) => states.byCode(code)));
    places.push({
      name: '',
      states: [...new Set(inStates.filter((state) => state !== undefined))],
      prefixes: new Set([digits]),
      otherNames: new Set(),
    });
  }
}

/** What the same beginnings are called in the languages that libphonenumber has for them. */
function addOtherLanguages(
  sources: Sources,
  { plan, places }: RegionDraft,
  texts: ReadonlyMap<string, string>,
): void {
  const byPrefix = new Map(
    places.flatMap((place) => [...place.prefixes].map((prefix) => [prefix, place] as const)),
  );
  for (const language of sources.listLanguages(plan.callingCode)) {
    for (const [prefix, text] of sources.readPlaceTexts(language, plan.callingCode)) {
      const place = byPrefix.get(prefix);
      if (place === undefined || place.name === '' || texts.get(prefix)?.includes('/')) continue;
      const { body } = splitSuffix(text.replace(/[(（].*$/, '').trim());
      if (!body.includes('/') && foldName(body) !== foldName(place.name)) {
        place.otherNames.add(body);
      }
    }
  }
}

/** A town gets a whole area code when it has this part of the exchanges that the data places in it … */
const MAIN_TOWN_SHARE = 0.25;
/** … and this many times those of the next town. */
const MAIN_TOWN_LEAD = 2;
const MAIN_TOWN_EXCHANGES_MIN = 8;

/**
 * The data places old exchanges one by one and knows only the state of all others. Those are the main
 * town's, where an area code has one: "a Boston number" is one that begins with 617.
 */
function giveAreaCodes({ plan, places }: RegionDraft): void {
  const digits = plan.areaDigits ?? 0;
  const towns = places.filter(({ name }) => name !== '');
  const taken = new Set(towns.flatMap(({ prefixes }) => [...prefixes]));
  const counts = new Map<string, { town: PlaceDraft; count: number }[]>();
  for (const town of towns) {
    const codes = Map.groupBy(
      [...town.prefixes].filter((prefix) => prefix.length > digits),
      (prefix) => prefix.slice(0, digits),
    );
    for (const [code, inside] of codes) {
      counts.set(code, [...(counts.get(code) ?? []), { town, count: inside.length }]);
    }
  }
  for (const [code, list] of counts) {
    const [first, second] = list.sort((a, b) => b.count - a.count);
    const total = list.reduce((sum, { count }) => sum + count, 0);
    if (first === undefined || taken.has(code)) continue;
    const leads = first.count >= MAIN_TOWN_LEAD * (second?.count ?? 0);
    const enough = Math.min(MAIN_TOWN_EXCHANGES_MIN, total);
    if (!leads || first.count < enough || first.count < total * MAIN_TOWN_SHARE) continue;
    first.town.prefixes.add(code);
    taken.add(code);
  }
  // What the data says of such a code besides is only its state.
  for (const { prefixes } of places.filter(({ name }) => name === '')) {
    for (const prefix of prefixes) if (taken.has(prefix.slice(0, digits))) prefixes.delete(prefix);
  }
}
