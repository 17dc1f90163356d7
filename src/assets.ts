import { existsSync, readFileSync } from 'node:fs';

/** One folder above this file, in a checkout (`src/`) as in the built package (`lib/`). */
const ROOT = new URL('../', import.meta.url);

/** Where each file is: in the built package, or else in a checkout. */
const PLACES = {
  'redoc.standalone.js': [
    'assets/redoc.standalone.js',
    'node_modules/redoc/bundles/redoc.standalone.js',
  ],
  'docs/reference.html': ['assets/docs/reference.html', 'src/http/docs/reference.html'],
  'docs/reference.css': ['assets/docs/reference.css', 'src/http/docs/reference.css'],
  'docs/reference.js': ['assets/docs/reference.js', 'src/http/docs/reference.js'],
  'docs/icon.svg': ['assets/docs/icon.svg', 'src/http/docs/icon.svg'],
  'openapi/v1.json': ['openapi/v1.json'],
  'openapi/v1.yaml': ['openapi/v1.yaml'],
};

export type Asset = keyof typeof PLACES;

/** A file that is served as it is, found both in a checkout and in the built package. */
export function findAsset(name: Asset): URL {
  const found = PLACES[name].map((place) => new URL(place, ROOT)).find((url) => existsSync(url));
  if (found === undefined) {
    throw new Error(
      `${name} is missing: run "npm ci" and "npm run openapi", or reinstall numberyard.`,
    );
  }
  return found;
}

/** The version that `--version`, the health check and the API document show. */
export function readPackageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
