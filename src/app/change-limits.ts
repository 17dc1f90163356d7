import type { Context } from '../context.ts';
import { PROJECT_HOLDS_MAX } from '../domain/hold-policy.ts';
import { AMOUNT_MAX_MINOR, describeAmount, isCurrencyCode, parseAmount } from '../domain/money.ts';
import type { ProjectLimit, ProjectLimitKind } from '../domain/project-limit.ts';
import { type FieldViolation, invalidFields } from '../errors.ts';
import { deleteProjectLimit, listProjectLimits, putProjectLimit } from '../store/project-limit.ts';
import { getProject } from './get-project.ts';

/**
 * As the operator writes them: a number, `none` for no limit of its own, or nothing for what is to stay. Without one of
 * its own a project may hold what the configuration says.
 */
export interface LimitChanges {
  numbers?: string | undefined;
  holds?: string | undefined;
  /** A decimal amount in `currencyCode`. */
  monthlySpend?: string | undefined;
  currencyCode?: string | undefined;
  requestsPerSecond?: string | undefined;
  keyRequestsPerSecond?: string | undefined;
}

/** Takes the limit away. */
const NONE = 'none';
/** More is no limit any more. */
const LIMIT_MAX = 1_000_000_000;

/** What a limit may be. Who may make no request at all has no use for a key. */
const RANGES: Record<ProjectLimitKind, { minimum: number; maximum: number }> = {
  NUMBERS: { minimum: 0, maximum: LIMIT_MAX },
  HOLDS: { minimum: 0, maximum: PROJECT_HOLDS_MAX },
  SPEND: { minimum: 0, maximum: AMOUNT_MAX_MINOR },
  REQUESTS: { minimum: 1, maximum: LIMIT_MAX },
  KEY_REQUESTS: { minimum: 1, maximum: LIMIT_MAX },
};

/**
 * Changes what a project may have and spend. Servers know of it within a second. What it has already stays.
 * @returns the limits as they are then.
 * @throws DomainError INVALID_ARGUMENT, or NOT_FOUND when there is no such project.
 */
export async function changeLimits(
  { store }: Pick<Context, 'store'>,
  projectId: string,
  changes: LimitChanges,
): Promise<ProjectLimit[]> {
  const parsed = parseChanges(changes);
  return store.write(async (db) => {
    const project = await getProject(db, projectId);
    for (const { value, ...limit } of parsed) {
      if (value === undefined) await deleteProjectLimit(db, project.id, limit);
      else await putProjectLimit(db, project.id, { ...limit, value });
    }
    return listProjectLimits(db, project.id);
  });
}

type ParsedChange = Omit<ProjectLimit, 'value'> & { value: number | undefined };

function parseChanges(changes: LimitChanges): ParsedChange[] {
  const violations: FieldViolation[] = [];
  const parsed: ParsedChange[] = [];
  const add = (
    field: keyof LimitChanges,
    kind: ProjectLimitKind,
    currencyCode: string,
    read: (text: string) => number | undefined,
  ) => {
    const text = changes[field];
    if (text === undefined) return;
    const value = text === NONE ? undefined : read(text);
    const { minimum, maximum } = RANGES[kind];
    if (text === NONE || (value !== undefined && value >= minimum && value <= maximum)) {
      parsed.push({ kind, currencyCode, value });
      return;
    }
    const description =
      kind === 'SPEND'
        ? describeAmount(currencyCode, minimum)
        : `must be a number from ${minimum} to ${maximum}`;
    violations.push({ field, description: `${description}, or none` });
  };
  add('numbers', 'NUMBERS', '', readWhole);
  add('holds', 'HOLDS', '', readWhole);
  add('requestsPerSecond', 'REQUESTS', '', readWhole);
  add('keyRequestsPerSecond', 'KEY_REQUESTS', '', readWhole);
  const { monthlySpend, currencyCode = '' } = changes;
  if (isCurrencyCode(currencyCode)) {
    add('monthlySpend', 'SPEND', currencyCode, (text) => parseAmount(text, currencyCode));
  } else if (monthlySpend !== undefined || currencyCode !== '') {
    violations.push({ field: 'currencyCode', description: 'must be a currency, such as USD' });
  }
  if (violations.length > 0) throw invalidFields(violations);
  return parsed;
}

function readWhole(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
