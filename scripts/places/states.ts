/** The states, provinces or counties of a region, with all that people call them. */
import { foldName, toNameKeys } from '../../src/domain/place-name.ts';
import type { RegionPlan } from './plans.ts';
import type { City, Sources } from './sources.ts';
import { splitSuffix } from './split-suffix.ts';

interface State {
  /** GeoNames' code; '' for a county. */
  code: string;
  name: string;
  otherNames: string[];
  /** The position of the state that a county lies in. */
  parent: number | undefined;
}

/** What GeoNames puts around names: "Provincia de Cádiz", "State of Berlin", "Zlín Region". */
const AROUND_NAMES =
  /^(?:provinc\w+ (?:de|da|do|of) |província de |state of |region of |powiat |landkreis |kreis |departamento de )|,? (?:county|region|province|prefecture|district|oblast|voivodeship|municipality)$/i;

/** So many towns must say that what stands behind them is a state, and which. */
const TOWNS_MIN = 3;
const VOTES_MIN = 1;

export class States {
  readonly list: State[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #bySuffix = new Map<string, number>();
  readonly #counties = new Map<string, { name: string; admin1: string; admin2: string }>();
  readonly #countyCodes = new Map<string, number>();
  readonly #votes: boolean;

  constructor(sources: Sources, plan: RegionPlan) {
    this.#votes = plan.callingCode !== '1';
    for (const [code, name] of sources.admin1Names(plan.region)) {
      this.#add({ code, name: bare(name), otherNames: [name], parent: undefined });
    }
    for (const line of plan.states ?? []) {
      const [code = '', ...rest] = line.split(' ');
      const state = this.list[this.byCode(code) ?? -1];
      if (state === undefined) throw new Error(`${plan.region} has no state ${code}`);
      for (const name of rest.join(' ').split('|')) this.#call(this.list.indexOf(state), name);
    }
    // Where texts say the state, one that says no state of the region is another region's.
    const counties = plan.statesAlone ? [] : sources.admin2Names(plan.region);
    for (const [codes, name] of counties) {
      const [admin1 = '', admin2 = ''] = codes.split('.');
      for (const part of [name, ...name.split(' / ')]) {
        this.#counties.set(foldName(bare(part)), { name: bare(part), admin1, admin2 });
      }
    }
  }

  byCode(code: string): number | undefined {
    const at = this.list.findIndex((state) => state.code === code);
    return at < 0 ? undefined : at;
  }

  /** A state by any of its names, or else a county, which becomes one of the list. */
  find(name: string): number | undefined {
    const known = toNameKeys(bare(name)).map((key) => this.#byKey.get(key));
    const found = known.find((at) => at !== undefined);
    if (found !== undefined) return found;
    const county = this.#counties.get(foldName(bare(name)));
    if (county === undefined) return undefined;
    const parent = this.byCode(county.admin1);
    const at = this.#add({ code: '', name: bare(name), otherNames: [county.name], parent });
    this.#countyCodes.set(`${county.admin1}.${county.admin2}`, at);
    return at;
  }

  /** The county of a town when the list has it. */
  findCounty({ admin1, admin2 }: City): number | undefined {
    return this.#countyCodes.get(`${admin1}.${admin2}`);
  }

  findSuffix(suffix: string): number | undefined {
    return this.#bySuffix.get(suffix);
  }

  /**
   * What stands behind a town is a state by its name or its code; else it is the state that most of the
   * towns with it lie in: JAL is Jalisco.
   */
  learnSuffixes(texts: Iterable<string>, cities: readonly City[]): void {
    const towns = new Map<string, Set<string>>();
    for (const text of texts) {
      const { body, suffix } = splitSuffix(text);
      if (suffix === undefined) continue;
      towns.set(suffix, (towns.get(suffix) ?? new Set()).add(foldName(body)));
    }
    const inStates = new Map<string, string[]>();
    for (const { name, admin1 } of cities) {
      const key = foldName(name);
      inStates.set(key, [...(inStates.get(key) ?? []), admin1]);
    }
    for (const [suffix, names] of towns) {
      const known = this.byCode(suffix) ?? this.find(suffix);
      const at = known ?? (this.#votes ? this.#vote(names, inStates) : undefined);
      if (at === undefined) continue;
      this.#bySuffix.set(suffix, at);
      this.#call(at, suffix);
    }
  }

  #vote(names: ReadonlySet<string>, inStates: ReadonlyMap<string, string[]>): number | undefined {
    if (names.size < TOWNS_MIN) return undefined;
    const votes = new Map<string, number>();
    for (const name of names) {
      const codes = inStates.get(name) ?? [];
      for (const code of codes) votes.set(code, (votes.get(code) ?? 0) + 1 / codes.length);
    }
    const [first, second] = [...votes].sort((a, b) => b[1] - a[1]);
    if (first === undefined || first[1] < VOTES_MIN || first[1] < 2 * (second?.[1] ?? 0)) {
      return undefined;
    }
    return this.byCode(first[0]);
  }

  #add(state: State): number {
    const at = this.list.push(state) - 1;
    // Codes of digits mean nothing to people; those of letters are what they write.
    const codes = /^[A-Z]{2,3}$/.test(state.code) ? [state.code] : [];
    const names = [state.name, ...state.otherNames, ...codes];
    state.otherNames = [];
    for (const name of names) this.#call(at, name);
    return at;
  }

  #call(at: number, name: string): void {
    const state = this.list[at];
    if (state === undefined) return;
    const keys = toNameKeys(name);
    if (keys.some((key) => !this.#byKey.has(key))) {
      for (const key of keys) if (!this.#byKey.has(key)) this.#byKey.set(key, at);
      if (name !== state.name) state.otherNames.push(name);
    }
  }
}

function bare(name: string): string {
  return name.replace(AROUND_NAMES, '').trim();
}
