import type { NumberType } from './pool.ts';

/** What an operator wants to know before a number of this region and type is rented. */
export interface NumberRequirements {
  regionCode: string;
  numberType: NumberType;
  /** Each is answered by the element of the registration's `data` at the same place. */
  rules: readonly RequirementRule[];
  attachments: readonly RequiredAttachment[];
}

export interface RequirementRule {
  title: string;
  template: Readonly<Record<string, RequiredField>>;
}

/** One text that the client fills in. */
export interface RequiredField {
  title: string;
  description: string;
  mandatory: boolean;
  /** Characters. */
  maxLength: number;
  /** A regular expression that the whole value matches; `null`: any text. */
  pattern: string | null;
  /** The only values there are; empty: any. */
  values: readonly string[];
}

/** One document that the client sends, as the wire shows it (contract 7.1). */
export interface RequiredAttachment {
  id: string;
  title: string;
  description: string;
  mandatory: boolean;
  template: readonly { name: string; url: string }[];
  /** Empty: any. */
  allowedMimeTypes: readonly string[];
  /** Empty: any. */
  allowedDocumentTypes: readonly string[];
}

/** What a client has filled in: an object of texts for each rule. */
export type RegistrationData = Record<string, string>[];

/** A name that nobody meant is shown so far. */
const UNKNOWN_NAME_CHARACTERS_MAX = 64;

/** One wrong place of a registration, by the path of the wire. */
export interface RegistrationProblem {
  field: string;
  description: string;
}

/** Everything that is wrong with a registration, by the paths of the wire. Empty: it meets the requirements. */
export function findRegistrationProblems(
  requirements: NumberRequirements | undefined,
  data: unknown,
): RegistrationProblem[] {
  const rules = requirements?.rules ?? [];
  const path = 'requestDetails.data';
  if (!Array.isArray(data) || data.length !== rules.length) {
    return [
      {
        field: path,
        description: `must be a list with ${rules.length} objects, one for each rule.`,
      },
    ];
  }
  return rules.flatMap(({ template }, i) => {
    const answers: unknown = data[i];
    if (!isRecord(answers)) return [{ field: `${path}[${i}]`, description: 'must be an object.' }];
    const unknown = Object.keys(answers)
      .filter((name) => !Object.hasOwn(template, name))
      .map((name) => ({
        field: `${path}[${i}].${name.slice(0, UNKNOWN_NAME_CHARACTERS_MAX).toWellFormed()}`,
        description: 'is not a field of the requirements.',
      }));
    const wrong = Object.entries(template).flatMap(([name, rule]) => {
      const description = describeProblem(
        rule,
        Object.hasOwn(answers, name) ? answers[name] : null,
      );
      return description === undefined ? [] : [{ field: `${path}[${i}].${name}`, description }];
    });
    return [...wrong, ...unknown];
  });
}

function describeProblem(rule: RequiredField, value: unknown): string | undefined {
  if (value === null || value === '') return rule.mandatory ? 'is required.' : undefined;
  if (typeof value !== 'string') return 'must be a string.';
  if (rule.mandatory && value.trim() === '') return 'is required.';
  if (!value.isWellFormed() || value.includes('\0')) {
    return 'must not contain NUL or half of a surrogate pair.';
  }
  if (value.length > rule.maxLength) return `must have at most ${rule.maxLength} characters.`;
  if (rule.values.length > 0 && !rule.values.includes(value)) {
    return `must be one of ${rule.values.join(', ')}.`;
  }
  if (rule.pattern !== null && !toWholePattern(rule.pattern).test(value)) {
    return `must match ${rule.pattern}.`;
  }
  return undefined;
}

/** A pattern of the requirements is for the whole value. */
function toWholePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
