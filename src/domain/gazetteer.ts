import { toNameKeys } from './place-name.ts';

/** A town, or states where the numbering plan knows no town, as the data has it. */
export interface KnownPlace {
  regionCode: string;
  /** '' for states. */
  name: string;
  otherNames: readonly string[];
  /** Positions in the region's list of states. */
  states: readonly number[];
  /** Degrees, north and east positive. */
  at: Coordinates | undefined;
  /** What its numbers begin with, behind the calling code. */
  digits: readonly string[];
  /** It has no numbers of its own: they begin like those of a place around it. */
  isShared: boolean;
}

export interface Coordinates {
  latitude: number;
  longitude: number;
}

/** A state, a province or a county. */
export interface KnownState {
  name: string;
  otherNames: readonly string[];
  /** The position of the state that a county lies in. */
  parent: number | undefined;
}

export interface RegionPlaces {
  regionCode: string;
  callingCode: string;
  /** How long area codes are, where all are equally long. */
  areaDigits: number | undefined;
  /** Mobile numbers have area codes as all others do. */
  mobileToo: boolean;
  states: readonly KnownState[];
  places: readonly KnownPlace[];
  /** Made when somebody asks for a name: the place of a number needs none. */
  names(): NameIndex;
}

/** Places and states by the keys of their names. */
export interface NameIndex {
  towns: ReadonlyMap<string, readonly KnownPlace[]>;
  /** The keys of `towns`, sorted. */
  sorted: readonly string[];
  /** By names that are not the one shown: "München", "Frankfurt" for "Frankfurt (Oder)". */
  otherTowns: ReadonlyMap<string, readonly KnownPlace[]>;
  states: ReadonlyMap<string, readonly number[]>;
}

/** The beginnings of the numbers of one calling code, which several regions may share. */
export interface KnownNumbers {
  callingCode: string;
  /** All beginnings behind the calling code, sorted. */
  beginnings: readonly string[];
  /** Whose numbers begin so. */
  owners: ReadonlyMap<string, readonly KnownPlace[]>;
}

/** places.json: lines of text, because it is a tenth of the size of objects and quicker to read. */
export interface GazetteerData {
  /** Area codes that lie over the area of an older one, with that one. */
  overlays: Readonly<Record<string, string>>;
  regions: Readonly<Record<string, RegionData>>;
}

interface RegionData {
  callingCode: string;
  areaDigits?: number;
  mobileToo?: boolean;
  /** "name|parent|other names" */
  states: readonly string[];
  /** "name|states|coordinates|beginnings|other names" */
  places: readonly string[];
}

/** The places of the telephone numbering plans. A region is read when somebody asks for it. */
export class Gazetteer {
  readonly #data: GazetteerData;
  readonly #regions = new Map<string, RegionPlaces>();
  readonly #numbers = new Map<string, KnownNumbers>();
  readonly #callingCodes: ReadonlySet<string>;

  constructor(data: GazetteerData) {
    this.#data = data;
    this.#callingCodes = new Set(Object.values(data.regions).map(({ callingCode }) => callingCode));
  }

  /** `undefined` when nothing is known of the region's places. */
  region(regionCode: string): RegionPlaces | undefined {
    const known = this.#regions.get(regionCode);
    if (known !== undefined) return known;
    const { regions } = this.#data;
    const data = Object.hasOwn(regions, regionCode) ? regions[regionCode] : undefined;
    if (data === undefined) return undefined;
    const region = readRegion(regionCode, data);
    this.#regions.set(regionCode, region);
    return region;
  }

  /** Of the calling code that a number in E.164 begins with; `undefined` when none of its places is known. */
  numbersLike(e164: string): KnownNumbers | undefined {
    // No calling code begins with another one.
    for (let length = 1; length <= 3; length++) {
      const callingCode = e164.slice(1, 1 + length);
      if (this.#callingCodes.has(callingCode)) return this.#numbersOf(callingCode);
    }
    return undefined;
  }

  /** The longest known beginning of a number, behind its calling code. */
  ownedBeginning(e164: string): string | undefined {
    const numbers = this.numbersLike(e164);
    if (numbers === undefined) return undefined;
    const national = e164.slice(1 + numbers.callingCode.length);
    for (let length = Math.min(national.length, DIGITS_MAX); length > 0; length--) {
      const digits = national.slice(0, length);
      if (numbers.owners.has(digits)) return digits;
    }
    return undefined;
  }

  /** The regions that have known numbers which begin so, plus sign included. */
  regionsInside(prefix: string): Set<string> {
    const numbers = this.numbersLike(prefix);
    if (numbers === undefined) return new Set();
    const digits = prefix.slice(1 + numbers.callingCode.length);
    const around = this.ownedBeginning(prefix);
    const inside = numbers.beginnings.filter((beginning) => beginning.startsWith(digits));
    return new Set(
      [...(around === undefined ? [] : [around]), ...inside]
        .flatMap((beginning) => numbers.owners.get(beginning) ?? [])
        .map((place) => place.regionCode),
    );
  }

  /** Area codes that lie over the whole area of this one. North America has them. */
  overlaysOf(areaCode: string): string[] {
    const { overlays } = this.#data;
    return Object.keys(overlays).filter((code) => overlays[code] === areaCode);
  }

  #numbersOf(callingCode: string): KnownNumbers {
    const known = this.#numbers.get(callingCode);
    if (known !== undefined) return known;
    const owners = new Map<string, KnownPlace[]>();
    for (const [regionCode, data] of Object.entries(this.#data.regions)) {
      if (data.callingCode !== callingCode) continue;
      for (const place of this.region(regionCode)?.places ?? []) {
        if (place.isShared) continue;
        for (const digits of place.digits) put(owners, digits, place);
      }
    }
    const numbers = { callingCode, beginnings: [...owners.keys()].sort(), owners };
    this.#numbers.set(callingCode, numbers);
    return numbers;
  }
}

/** No beginning of the data is longer. */
const DIGITS_MAX = 7;

let loading: Promise<Gazetteer> | undefined;

/** Loads the data at the first call, a megabyte: most servers are never asked for a place. */
export function loadGazetteer(): Promise<Gazetteer> {
  loading ??= import('./places.json', { with: { type: 'json' } }).then(
    ({ default: data }) => new Gazetteer(data as GazetteerData),
  );
  return loading;
}

function readRegion(regionCode: string, data: RegionData): RegionPlaces {
  const states = data.states.map((line): KnownState => {
    const [name = '', parent = '', others = ''] = line.split('|');
    return {
      name,
      otherNames: splitList(others, '/'),
      parent: parent === '' ? undefined : Number(parent),
    };
  });
  const places = data.places.map((line) => readPlace(regionCode, line));
  let names: NameIndex | undefined;
  return {
    regionCode,
    callingCode: data.callingCode,
    areaDigits: data.areaDigits,
    mobileToo: data.mobileToo === true,
    states,
    places,
    names: () => (names ??= indexNames(states, places)),
  };
}

function indexNames(states: readonly KnownState[], places: readonly KnownPlace[]): NameIndex {
  const towns = new Map<string, KnownPlace[]>();
  const otherTowns = new Map<string, KnownPlace[]>();
  for (const place of places) {
    const [main, ...variants] = toNameKeys(place.name);
    if (main !== undefined) put(towns, main, place);
    const others = [...variants, ...place.otherNames.flatMap(toNameKeys)];
    for (const key of new Set(others)) if (key !== main) put(otherTowns, key, place);
  }
  const byState = new Map<string, number[]>();
  for (const [at, { name, otherNames }] of states.entries()) {
    for (const key of new Set([name, ...otherNames].flatMap(toNameKeys))) put(byState, key, at);
  }
  return { towns, sorted: [...towns.keys()].sort(), otherTowns, states: byState };
}

function readPlace(regionCode: string, line: string): KnownPlace {
  const [name = '', states = '', at = '', digits = '', others = ''] = line.split('|');
  const [latitude, longitude] = at.split(',').map(Number);
  return {
    regionCode,
    name,
    otherNames: splitList(others, '/'),
    states: splitList(states, '+').map(Number),
    at:
      at === '' || latitude === undefined || longitude === undefined
        ? undefined
        : { latitude, longitude },
    digits: unpack(digits.replace('~', '')),
    isShared: digits.startsWith('~'),
  };
}

/** "212 718:205,206" is 212, 718205 and 718206. */
function unpack(text: string): string[] {
  return splitList(text, ' ').flatMap((group) => {
    const [head = '', tails] = group.split(':');
    return tails === undefined ? [head] : tails.split(',').map((tail) => head + tail);
  });
}

function splitList(text: string, separator: string): string[] {
  return text === '' ? [] : text.split(separator);
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
