import type { FirstKey } from './app/seed-sandbox.ts';
import type { Config } from './config.ts';
import { hidePassword } from './store/store.ts';

/** How the command line is reached where this was started: in a checkout by npm, which tells us so. */
const COMMAND =
  process.env['npm_lifecycle_event'] === undefined ? 'numberyard' : 'npm run numberyard --';

/** What the terminal shows when the server is up: where it is, and what to paste first. */
export function toBanner(config: Config, url: string, firstKey: FirstKey | undefined): string {
  const lines = [
    '',
    `  Numberyard ${config.sandbox ? 'sandbox' : 'server'} on ${url}`,
    '',
    `  API reference   ${url}/docs`,
    `  Health          ${url}/healthz`,
    ...(firstKey === undefined ? toOperatorLines() : toKeyLines(url, firstKey)),
    '',
  ];
  return lines.join('\n');
}

/** The same for a process that does not listen. */
export function toWorkerBanner({ sandbox, databaseUrl }: Config): string {
  const mode = sandbox ? 'sandbox' : 'production';
  return `Numberyard worker on ${hidePassword(databaseUrl)} (${mode})`;
}

function toOperatorLines(): string[] {
  return ['', `  Stock and keys are made from the command line: see ${COMMAND} --help`];
}

function toKeyLines(url: string, firstKey: FirstKey): string[] {
  const { projectId, keyId, newSecret } = firstKey;
  const user = `${keyId}:${newSecret ?? 'KEY_SECRET'}`;
  const base = `${url}/v1/projects/${projectId}`;
  return [
    '',
    `  Project id      ${projectId}`,
    `  Key id          ${keyId}`,
    `  Key secret      ${describeSecret(firstKey)}`,
    '',
    '  Search, then rent what you found:',
    '',
    `  curl -u '${user}' '${base}/availableNumbers?regionCode=US&type=LOCAL&size=3'`,
    `  curl -u '${user}' -X POST '${base}/availableNumbers/+12025550134:rent'`,
  ];
}

function describeSecret({ projectId, newSecret, isSecretGiven }: FirstKey): string {
  if (isSecretGiven) return 'as set in NUMBERYARD_KEY_SECRET';
  if (newSecret !== undefined) return `${newSecret}   (shown only now)`;
  return `was shown when it was made; for another: ${COMMAND} key create --project ${projectId}`;
}
