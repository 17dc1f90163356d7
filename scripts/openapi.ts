/**
 * Writes openapi/v1.json and openapi/v1.yaml from the schemas that the server's routes have. With --check it
 * writes nothing and fails when the files are not what it would write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { stringify } from 'yaml';

import { buildDocument } from './openapi-document/document.ts';

const FOLDER = path.join(import.meta.dirname, '../openapi');

const document = await buildDocument();
const files = {
  'v1.json': `${JSON.stringify(document, null, 2)}\n`,
  // Lines are not folded, so that a changed sentence is one changed line; and old readers, who take a date
  // without quotes for something else than text, get quotes.
  'v1.yaml': stringify(document, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
  }),
};

if (process.argv.includes('--check')) {
  const stale = Object.entries(files).filter(([name, text]) => read(name) !== text);
  for (const [name] of stale) {
    console.error(`openapi/${name} does not match the routes: run "npm run openapi".`);
  }
  if (stale.length > 0) process.exitCode = 1;
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(FOLDER, name), text);
}

function read(name: string): string | undefined {
  try {
    return readFileSync(path.join(FOLDER, name), 'utf8');
  } catch {
    return undefined;
  }
}
