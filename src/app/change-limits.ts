import type { Context } from '../context.ts';
import { isCurrencyCode, parseAmount } from '../domain/money.ts';
import type { ProjectLimit, ProjectLimitKind } from '../domain/project-limit.ts';
import { type FieldViolation, invalidFields, resourceNotFound } from '../errors.ts';
import { findProject } from '../store/project.ts';
import { deleteProjectLimit, listProjectLimits, putProjectLimit } from '../store/project-limit.ts';

/** As the operator writes them: a number, `none` for no limit, or nothing for what is to stay. */
export interface LimitChanges {
  numbers?: string | undefined;
  /** A decimal amount in `currencyCode`. */
  monthlySpend?: string | undefined;
  currencyCode?: string | undefined;
  requestsPerSecond?: string | undefined;
  keyRequestsPerSecond?: string | undefined;
}

/** Takes the limit away. */
const NONE = 'none';
const LIMIT_MAX = 1_000_000_000;

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
    const project = await findProject(db, projectId);
    if (project === undefined) {
      throw resourceNotFound('Project', projectId, `There is no project ${projectId}.`);
    }
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
    minimum: number,
    read: (text: string) => number | undefined,
  ) => {
    const text = changes[field];
    if (text === undefined) return;
    const value = text === NONE ? undefined : read(text);
    const isRight =
      text === NONE || (value !== undefined && value >= minimum && value <= LIMIT_MAX);
    if (isRight) parsed.push({ kind, currencyCode, value });
    else violations.push({ field, description: `must be a number from ${minimum}, or none` });
  };
  add('numbers', 'NUMBERS', '', 0, readWhole);
  add('requestsPerSecond', 'REQUESTS', '', 1, readWhole);
  add('keyRequestsPerSecond', 'KEY_REQUESTS', '', 1, readWhole);
  const { monthlySpend, currencyCode = '' } = changes;
  if (isCurrencyCode(currencyCode)) {
    add('monthlySpend', 'SPEND', currencyCode, 0, (text) => parseAmount(text, currencyCode));
  } else if (monthlySpend !== undefined || currencyCode !== '') {
    violations.push({ field: 'currencyCode', description: 'must be a currency, such as USD' });
  }
  if (violations.length > 0) throw invalidFields(violations);
  return parsed;
}

function readWhole(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
