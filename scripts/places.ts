/**
 * Writes src/domain/places.json: which numbers belong to which towns and states. It takes libphonenumber's
 * names for the beginnings of numbers, and GeoNames' towns for where they are; docs/search-features.md says more.
 * Run it for newer data, after raising the versions in scripts/places/sources.ts.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { locate } from './places/locate.ts';
import { OVERLAYS, PLANS } from './places/plans.ts';
import { type PlaceDraft, readRegion, type RegionDraft } from './places/read-region.ts';
import { openSources } from './places/sources.ts';

const FILE = path.join(import.meta.dirname, '../src/domain/places.json');

const sources = openSources();
const regions: Record<string, object> = {};
for (const plan of PLANS) {
  const region = readRegion(sources, plan);
  if (plan.callingCode === '1') addOverlays(region);
  locate(sources, region);
  regions[plan.region] = toJson(region);
}
const data = {
  sources: 'libphonenumber (Apache-2.0); GeoNames (CC BY 4.0)',
  overlays: OVERLAYS,
  regions,
};
// One line a place, and no more space than that.
const text = `${JSON.stringify(data, null, 1).replaceAll(/\n +/g, '\n')}\n`;
writeFileSync(FILE, text);
console.log(`wrote ${path.relative(process.cwd(), FILE)}: ${Buffer.byteLength(text)} bytes`);

/** A new area code over the area of an older one is its main town's too. */
function addOverlays({ places }: RegionDraft): void {
  const owners = new Map<string, PlaceDraft>();
  for (const place of places) {
    for (const prefix of place.prefixes) if (prefix.length === 3) owners.set(prefix, place);
  }
  for (const [code, base] of Object.entries(OVERLAYS)) {
    const town = owners.get(base);
    const own = owners.get(code);
    if (town === undefined || town.name === '' || (own !== undefined && own.name !== '')) continue;
    own?.prefixes.delete(code);
    town.prefixes.add(code);
  }
}

/** One line a place, so that a change of the data can be read: name, states, where, beginnings, other names. */
function toJson({ plan, states, places }: RegionDraft): object {
  const lines = places
    .filter(({ prefixes }) => prefixes.size > 0)
    .map((place) => {
      const { name, latitude, longitude, prefixes, otherNames, shared } = place;
      const where =
        latitude === undefined || longitude === undefined
          ? ''
          : `${latitude.toFixed(2)},${longitude.toFixed(2)}`;
      const digits = `${shared === true ? '~' : ''}${pack([...prefixes])}`;
      const line = [name, place.states.join('+'), where, digits, [...otherNames].join('/')];
      return line.join('|').replace(/\|+$/, '');
    })
    .toSorted();
  return {
    callingCode: plan.callingCode,
    ...(plan.areaDigits === undefined ? {} : { areaDigits: plan.areaDigits }),
    ...(plan.mobileToo === true ? { mobileToo: true } : {}),
    states: states.list.map(({ name, otherNames, parent }) =>
      [name, parent ?? '', otherNames.join('/')].join('|').replace(/\|+$/, ''),
    ),
    places: lines,
  };
}

/** "718205 718206 212" is "212 718:205,206": what follows a colon stands behind what precedes it. */
function pack(prefixes: string[]): string {
  const kept = prefixes.filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  );
  const groups = Map.groupBy(kept.toSorted(), (prefix) =>
    prefix.length > 4 ? prefix.slice(0, 3) : prefix,
  );
  return [...groups]
    .map(([head, members]) =>
      members.length === 1
        ? (members[0] ?? '')
        : `${head}:${members.map((member) => member.slice(head.length)).join()}`,
    )
    .join(' ');
}
