/** Gives towns their coordinates and states, from GeoNames. */
import { foldName, toNameKeys } from '../../src/domain/place-name.ts';
import { kilometres, Neighbourhood } from './neighbourhood.ts';
import type { PlaceDraft, RegionDraft } from './read-region.ts';
import type { City, Sources } from './sources.ts';

/** Towns of this size are added when the numbering plan does not name them. */
const TOWN_POPULATION_MIN = 50_000;
/** Where the plan names nothing but zones, smaller ones are too. */
const TOWN_POPULATION_MIN_IN_ZONES = 20_000;
/** A town that the plan does not name has the numbers of the next one that it does, up to here. */
const NEXT_TOWN_KM_MAX = 25;
/** So much larger than its namesakes, a large town is the one that is meant. */
const LARGEST_IS_MEANT = 10;
const LARGE_POPULATION = 100_000;
const VILLAGE_POPULATION_MAX = 2000;

export function locate(sources: Sources, region: RegionDraft): void {
  const cities = sources.cities(region.plan.region);
  const byName = indexByName(cities);
  const near = new Neighbourhood();
  const unsure: { place: PlaceDraft; tiers: City[][] }[] = [];
  for (const place of region.places) {
    if (place.name === '') continue;
    const tiers = findCandidates(place, byName, region);
    const [first, second] = tiers[0] ?? [];
    if (first === undefined) continue;
    const isLargest =
      first.population >= LARGE_POPULATION &&
      first.population >= LARGEST_IS_MEANT * (second?.population ?? 0);
    const isInState = second === undefined && region.plan.statesAlone === true;
    if (isLargest || isInState) settle(place, first, region, near);
    else unsure.push({ place, tiers });
  }
  // Those without namesakes first: they are the neighbours of the others.
  unsure.sort((a, b) => ambiguity(a.tiers) - ambiguity(b.tiers));
  // Twice, because the first time the first ones have few neighbours.
  for (const { place, tiers } of [...unsure, ...unsure]) {
    if (place.latitude !== undefined) continue;
    const city = region.plan.alphabetical
      ? tiers[0]?.[0]
      : tiers.map((tier) => near.closest(place.prefixes, tier)).find((found) => found);
    if (city !== undefined) settle(place, city, region, near);
  }
  leaveOutSmall(region);
  leaveOutVillages(region);
  addTowns(region, cities);
}

function ambiguity([first = []]: City[][]): number {
  return first.length;
}

interface CitiesByName {
  whole: Map<string, City[]>;
  /** By the first words of their names. */
  begun: Map<string, City[]>;
}

function indexByName(cities: readonly City[]): CitiesByName {
  const index: CitiesByName = { whole: new Map(), begun: new Map() };
  const put = (map: Map<string, City[]>, key: string, city: City) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [city]);
    else if (!list.includes(city)) list.push(city);
  };
  for (const city of cities) {
    for (const key of toNameKeys(city.name)) {
      put(index.whole, key, city);
      const words = key.split(' ');
      for (let count = 1; count <= words.length; count++) {
        put(index.begun, words.slice(0, count).join(' '), city);
      }
    }
  }
  return index;
}

/**
 * Towns that may be meant, the best names first and of those the largest first: the whole name, towns whose
 * names begin with it, and then with words left out from its end.
 */
function findCandidates(
  place: PlaceDraft,
  byName: CitiesByName,
  { states, plan }: RegionDraft,
): City[][] {
  const inState = ({ admin1 }: City) =>
    place.states.length === 0 || place.states.some((at) => states.list[at]?.code === admin1);
  const names = [place.name, ...place.otherNames];
  const withoutKind = place.name.replace(/ (?:City|Township|Twp)$/, '');
  const whole = [...names, `${place.name} City`, withoutKind].flatMap(toNameKeys);
  const words = foldName(place.name).split(' ');
  const begun = plan.statesAlone ? [] : words.map((_, i) => words.slice(0, words.length - i));
  return [
    ...whole.map((key) => byName.whole.get(key)),
    ...begun.map((key) => byName.begun.get(key.join(' '))),
  ]
    .map((list) => (list ?? []).filter(inState).sort((a, b) => b.population - a.population))
    .filter((list) => list.length > 0);
}

function settle(place: PlaceDraft, city: City, region: RegionDraft, near: Neighbourhood): void {
  place.latitude = city.latitude;
  place.longitude = city.longitude;
  place.population = city.population;
  const state = region.states.byCode(city.admin1);
  if (place.states.length === 0 && state !== undefined) place.states = [state];
  for (const name of [city.name, city.otherName]) {
    if (name !== undefined && foldName(name) !== foldName(place.name)) place.otherNames.add(name);
  }
  near.add(place.prefixes, city);
}

/** Where the plan says so: there are too many of them, for few numbers. */
function leaveOutSmall(region: RegionDraft): void {
  const { populationMin = 0 } = region.plan;
  if (populationMin === 0) return;
  region.places = region.places.filter(
    ({ name, population = 0 }) => name === '' || population >= populationMin,
  );
}

/** A village with a single exchange is known by its state: there are thousands of them. */
function leaveOutVillages(region: RegionDraft): void {
  if (!region.plan.statesAlone) return;
  region.places = region.places.filter(
    ({ name, population = 0, prefixes }) =>
      name === '' || population >= VILLAGE_POPULATION_MAX || prefixes.size > 1,
  );
}

/** Large towns that are in no text: they have the numbers of their zone, their state, or the next town. */
function addTowns(region: RegionDraft, cities: readonly City[]): void {
  const { plan, places, states } = region;
  const named = new Set(
    places.flatMap(({ name, otherNames }) => [name, ...otherNames].flatMap(toNameKeys)),
  );
  const populationMin = plan.zones ? TOWN_POPULATION_MIN_IN_ZONES : TOWN_POPULATION_MIN;
  const located = places.filter(({ latitude }) => latitude !== undefined);
  for (const city of cities) {
    if (city.population < populationMin || named.has(foldName(city.name))) continue;
    const prefixes = findZone(region, city) ?? findState(region, city) ?? findNext(located, city);
    if (prefixes === undefined) continue;
    const state = states.findCounty(city) ?? states.byCode(city.admin1);
    places.push({
      name: city.name,
      states: state === undefined ? [] : [state],
      prefixes: new Set(prefixes),
      otherNames: new Set(),
      latitude: city.latitude,
      longitude: city.longitude,
      shared: true,
    });
  }
}

function findZone({ plan }: RegionDraft, { admin1, admin2 }: City): string[] | undefined {
  const zone = plan.zones?.find(
    (each) => each.admin1.includes(admin1) && (each.admin2?.includes(admin2) ?? true),
  );
  return zone && [zone.digits];
}

/** Only where the state's numbers are not divided any further. */
function findState({ places, states }: RegionDraft, city: City): string[] | undefined {
  for (const state of [states.findCounty(city), states.byCode(city.admin1)]) {
    if (state === undefined) continue;
    const inside = places.filter((place) => place.states.includes(state) && !place.shared);
    if (inside.length > 0 && inside.every(({ name }) => name === '')) {
      return inside.flatMap((place) => [...place.prefixes]);
    }
  }
  return undefined;
}

function findNext(located: readonly PlaceDraft[], city: City): Iterable<string> | undefined {
  let next: PlaceDraft | undefined;
  let leastKm = NEXT_TOWN_KM_MAX;
  for (const place of located) {
    const { latitude = 0, longitude = 0 } = place;
    const km = kilometres({ latitude, longitude }, city);
    if (km < leastKm) [next, leastKm] = [place, km];
  }
  return next?.prefixes;
}
