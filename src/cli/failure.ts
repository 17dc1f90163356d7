import { DomainError } from '../errors.ts';

/** Something that the operator can mend, said in whole sentences, one a line. */
export class CommandError extends Error {
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'CommandError';
  }
}

/**
 * Writes why a command failed: one line for each thing that the operator can mend. Anything else is our
 * mistake and comes with its stack trace.
 * @returns the exit code.
 */
export function reportFailure(error: unknown): number {
  const lines = explainFailure(error) ?? [
    'Numberyard failed in a way that it should not. Please report this:',
    error instanceof Error ? (error.stack ?? String(error)) : String(error),
  ];
  for (const line of lines) console.error(line);
  return 1;
}

/** @returns `undefined` for what no operator can mend. */
function explainFailure(error: unknown): string[] | undefined {
  if (error instanceof CommandError || error instanceof DomainError) {
    return error.message.split('\n');
  }
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  if (code === 'ERR_SQLITE_ERROR') {
    const reason = DATABASE_TROUBLES.get((errcode ?? 0) & 0xff);
    return reason === undefined ? undefined : [`The database cannot be used: ${reason}.`];
  }
  const advice = POSTGRES_ADVICE.get(code ?? '');
  if (advice !== undefined) return [`The database cannot be used: ${error.message}; ${advice}.`];
  // Files and sockets: the system's own words, which name the path.
  return code !== undefined && /^E[A-Z]+$/.test(code) ? [`${error.message}.`] : undefined;
}

/** SQLite's result codes that come from the world outside. */
const DATABASE_TROUBLES: ReadonlyMap<number, string> = new Map([
  [3, 'this user may not open the file'],
  [5, 'another process has locked it for too long'],
  [8, 'this user may not write to the file'],
  [10, 'the disk cannot be read or written'],
  [11, 'the file is damaged'],
  [13, 'the disk is full'],
  [14, 'the file cannot be opened; see DATABASE_URL and NUMBERYARD_DATA_DIR'],
  [26, 'the file is something else than an SQLite database'],
]);

/** By PostgreSQL's codes, for what comes up only when something is written. */
const POSTGRES_ADVICE: ReadonlyMap<string, string> = new Map([
  ['42501', 'grant that to its user, or name another user in DATABASE_URL'],
  ['53100', 'its disk is full'],
]);

/**
 * Runs a use case and, when it refuses the request, says which options were wrong.
 * @param options how the command calls the request's fields: `regionCode` is `--region`.
 */
export async function namingOptions<T>(
  options: Readonly<Record<string, string>>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const violations =
      error instanceof DomainError
        ? error.details.flatMap((detail) =>
            detail.type === 'BadRequest' ? detail.fieldViolations : [],
          )
        : [];
    if (violations.length === 0) throw error;
    throw new CommandError(
      ...violations.map(({ field, description }) => {
        const separator = description.startsWith('must') ? ' ' : ': ';
        return `${options[field] ?? field}${separator}${description}.`;
      }),
    );
  }
}
