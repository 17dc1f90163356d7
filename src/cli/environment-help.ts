import { VARIABLES } from '../config.ts';

type Group =
  | 'Server'
  | 'Database'
  | 'Sandbox'
  | 'Provisioning'
  | 'Callbacks'
  | 'Holds'
  | 'Paying in advance'
  | 'Number orders';

/** Typed by the variables, so that a new one does not compile until it has its place here. */
const GROUP_OF: Record<keyof typeof VARIABLES, Group> = {
  PORT: 'Server',
  HOST: 'Server',
  NUMBERYARD_PUBLIC_URL: 'Server',
  NUMBERYARD_OPERATOR_TOKEN: 'Server',
  NUMBERYARD_LOG_LEVEL: 'Server',
  DATABASE_URL: 'Database',
  NUMBERYARD_DATA_DIR: 'Database',
  NUMBERYARD_DATABASE_CONNECTIONS: 'Database',
  NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS: 'Database',
  NUMBERYARD_DATABASE_PREPARE: 'Database',
  READ_DATABASE_URL: 'Database',
  NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: 'Database',
  NUMBERYARD_SANDBOX: 'Sandbox',
  NUMBERYARD_PROJECT_ID: 'Sandbox',
  NUMBERYARD_KEY_ID: 'Sandbox',
  NUMBERYARD_KEY_SECRET: 'Sandbox',
  NUMBERYARD_SANDBOX_DELAY_MS: 'Sandbox',
  NUMBERYARD_PLATFORM: 'Provisioning',
  NUMBERYARD_PLATFORM_URL: 'Provisioning',
  NUMBERYARD_PLATFORM_SECRET: 'Provisioning',
  NUMBERYARD_PLATFORM_TIMEOUT_SECONDS: 'Provisioning',
  NUMBERYARD_PLATFORM_POLL_SECONDS: 'Provisioning',
  NUMBERYARD_PROVISIONING_RETRY_SECONDS: 'Provisioning',
  NUMBERYARD_PROVISIONING_DEADLINE_SECONDS: 'Provisioning',
  NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: 'Callbacks',
  NUMBERYARD_CALLBACK_RETRY_SECONDS: 'Callbacks',
  NUMBERYARD_HOLD_SECONDS: 'Holds',
  NUMBERYARD_HOLD_SECONDS_MAX: 'Holds',
  NUMBERYARD_HOLD_LIFE_SECONDS_MAX: 'Holds',
  NUMBERYARD_HOLD_NUMBERS_MAX: 'Holds',
  NUMBERYARD_PROJECT_HOLDS_MAX: 'Holds',
  NUMBERYARD_DUNNING_GRACE_DAYS: 'Paying in advance',
  NUMBERYARD_DUNNING_END_DAYS: 'Paying in advance',
  NUMBERYARD_REQUIRE_NUMBER_ORDERS: 'Number orders',
  NUMBERYARD_REQUIREMENTS_FILE: 'Number orders',
  NUMBERYARD_NUMBER_ORDER_SECONDS: 'Number orders',
  NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: 'Number orders',
  NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX: 'Number orders',
  NUMBERYARD_NUMBER_ORDER_RETENTION_DAYS: 'Number orders',
};

const INDENT = '  ';
const GAP = '  ';

/**
 * The environment variables with their meanings and defaults, in groups, no line longer than `width`.
 * @param without those that say nothing to the command.
 */
export function formatVariables(
  width: number,
  without: readonly (keyof typeof VARIABLES)[] = [],
): string {
  const all = Object.keys(GROUP_OF) as (keyof typeof VARIABLES)[];
  const names = all.filter((name) => !without.includes(name));
  const lines = ['Environment variables; an option of the command goes before them.'];
  for (const group of new Set(names.map((name) => GROUP_OF[name]))) {
    const members = names.filter((name) => GROUP_OF[name] === group);
    const nameWidth = Math.max(...members.map((name) => name.length));
    const textColumn = INDENT.length + nameWidth + GAP.length;
    lines.push('', `${group}:`);
    for (const name of members) {
      const [first = '', ...more] = wrapMeaning(name, width - textColumn);
      lines.push(`${INDENT}${name.padEnd(nameWidth)}${GAP}${first}`);
      lines.push(...more.map((line) => ' '.repeat(textColumn) + line));
    }
  }
  return lines.join('\n');
}

function wrapMeaning(name: keyof typeof VARIABLES, width: number): string[] {
  const [fallback, meaning] = VARIABLES[name];
  if (fallback === '') return wrap(meaning, width);
  const remark = `(default: ${fallback})`;
  const lines = wrap(meaning, width);
  const last = `${lines.pop()} ${remark}`;
  // The default stays in one piece where it can.
  return last.length <= width
    ? [...lines, last]
    : [...wrap(meaning, width), ...wrap(remark, width)];
}

/** Breaks at spaces, and behind a comma where there are none. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?<= )|(?<=,)(?! )/)) {
    if (line !== '' && (line + piece).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line];
}
