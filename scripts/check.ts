/**
 * Everything that must hold before a change is merged, the same here and in continuous integration. The first
 * step that fails ends the run with its output; the tests come last, so that their summary is.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');

const STEPS: { name: string; command: string }[] = [
  { name: 'format', command: 'oxfmt --check' },
  { name: 'lint', command: 'oxlint' },
  { name: 'types', command: 'tsc -p .' },
  { name: 'nothing unused', command: 'knip' },
  { name: 'OpenAPI document is current', command: 'node scripts/openapi.ts --check' },
  { name: 'OpenAPI document is valid', command: 'redocly lint openapi/v1.json' },
];

const env = {
  ...process.env,
  PATH: [path.join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter),
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
};

for (const step of STEPS) {
  const startedAt = performance.now();
  const run = spawnSync(step.command, { cwd: ROOT, env, shell: true, encoding: 'utf8' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (run.status !== 0) {
    console.error(`${run.stdout}${run.stderr}\n✖ ${step.name} (${seconds} s): ${step.command}`);
    process.exit(1);
  }
  console.log(`✔ ${step.name} (${seconds} s)`);
}

const tests = spawnSync('node scripts/test.ts', { cwd: ROOT, env, shell: true, stdio: 'inherit' });
process.exitCode = tests.status ?? 1;
