/**
 * Builds the package that is published into build/package/: the program and everything it uses, bundled as
 * JavaScript, with the files that it serves. Node does not run TypeScript inside node_modules, and one file
 * loads in a fraction of the time of a thousand.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

import { build, type OutputChunk } from 'rolldown';

const ROOT = path.join(import.meta.dirname, '..');
export const PACKAGE_DIR = path.join(ROOT, 'build/package');

/** Copied as they are: from the checkout, into the package. `src/assets.ts` finds them in both. */
const COPIED = [
  ['openapi/v1.json', 'openapi/v1.json'],
  ['openapi/v1.yaml', 'openapi/v1.yaml'],
  ['node_modules/redoc/bundles/redoc.standalone.js', 'assets/redoc.standalone.js'],
  [
    'node_modules/redoc/bundles/redoc.standalone.js.LICENSE.txt',
    'assets/redoc.standalone.js.LICENSE.txt',
  ],
  ['src/http/docs', 'assets/docs'],
  ['README.md', 'README.md'],
  ['CHANGELOG.md', 'CHANGELOG.md'],
  ['LICENSE', 'LICENSE'],
  ['NOTICE', 'NOTICE'],
] as const;

interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
}

export async function buildPackage(): Promise<void> {
  rmSync(PACKAGE_DIR, { recursive: true, force: true });
  mkdirSync(PACKAGE_DIR, { recursive: true });

  const { output } = await build({
    cwd: ROOT,
    input: 'bin/numberyard.js',
    platform: 'node',
    output: {
      dir: PACKAGE_DIR,
      format: 'esm',
      entryFileNames: 'bin/[name].js',
      chunkFileNames: 'lib/[name].js',
    },
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  assertSelfContained(chunks);

  for (const [from, to] of COPIED) {
    cpSync(path.join(ROOT, from), path.join(PACKAGE_DIR, to), { recursive: true });
  }
  writeFileSync(path.join(PACKAGE_DIR, 'package.json'), describePackage());
  writeFileSync(path.join(PACKAGE_DIR, 'THIRD-PARTY-LICENSES'), collectLicenses(chunks));
}

/** Whatever is imported must be part of Node or of the package, because the package has no dependencies. */
function assertSelfContained(chunks: OutputChunk[]): void {
  const own = new Set(chunks.map((chunk) => chunk.fileName));
  const missing = chunks
    .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
    .filter(
      (name) => !own.has(name) && !name.startsWith('node:') && !builtinModules.includes(name),
    );
  if (missing.length > 0) throw new Error(`not bundled: ${[...new Set(missing)].join(', ')}`);
}

function describePackage(): string {
  const { name, version, description, license } = readManifest(ROOT);
  const manifest = {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { numberyard: 'bin/numberyard.js' },
    engines: { node: '>=26' },
    files: ['bin', 'lib', 'assets', 'openapi', 'CHANGELOG.md', 'NOTICE', 'THIRD-PARTY-LICENSES'],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Their licenses ask that their text goes where their code goes. */
function collectLicenses(chunks: OutputChunk[]): string {
  const folders = new Set(
    chunks
      .flatMap((chunk) => chunk.moduleIds)
      .flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? []),
  );
  folders.add(path.join(ROOT, 'node_modules/redoc'));

  // A set of texts, because the same version can be installed in two places.
  const texts = new Set(
    [...folders].map((folder) => {
      const { name, version, license } = readManifest(folder);
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}`.trim();
    }),
  );
  return [...texts]
    .toSorted()
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

if (import.meta.main) {
  await buildPackage();
  console.log(`built ${path.relative(process.cwd(), PACKAGE_DIR)}`);
}
