import { readFileSync } from 'node:fs';

import { DEFAULT_REQUIREMENTS } from './domain/default-requirements.ts';
import { JsonError } from './domain/json-place.ts';
import type { NumberRequirements } from './domain/number-requirements.ts';
import { parseRequirements } from './domain/parse-requirements.ts';

export interface NumberOrderConfig {
  /** Whether numbers that require documents are rented by orders only. */
  isRequired: boolean;
  /** How long an order has its numbers until it is submitted. */
  ttlMs: number;
  /** How many numbers the open orders of a project may have together. */
  numbersPerProjectMax: number;
  requirements: readonly NumberRequirements[];
  /** How many bytes the attachments of the open orders of a project may have together. */
  attachmentBytesMax: number;
  /** How long the data of an order that is over are kept; 0: for ever. */
  retentionMs: number;
}

const DAY_MS = 86_400_000;
/** Ten terabytes: more is no limit any more. */
const ATTACHMENT_BYTES_MAX = 10_000_000_000_000;
/** A hundred years. */
const RETENTION_DAYS_MAX = 36_500;
/** More is no limit any more. */
const PROJECT_ORDER_NUMBERS_MAX = 1_000_000;

type Variable =
  | 'NUMBERYARD_REQUIRE_NUMBER_ORDERS'
  | 'NUMBERYARD_REQUIREMENTS_FILE'
  | 'NUMBERYARD_NUMBER_ORDER_SECONDS'
  | 'NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX'
  | 'NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX'
  | 'NUMBERYARD_NUMBER_ORDER_RETENTION_DAYS';

/** How the configuration reads its variables. */
interface Reading {
  optional(variable: Variable): string | undefined;
  integer(variable: Variable, min: number, max: number): number;
  seconds(variable: Variable): number;
  choice<Choice extends string>(variable: Variable, choices: readonly Choice[]): Choice;
  problem(variable: Variable, description: string): void;
}

/** The part of the configuration that is about number orders, with the file that it names. */
export function readNumberOrderConfig(read: Reading): NumberOrderConfig {
  return {
    isRequired: read.choice('NUMBERYARD_REQUIRE_NUMBER_ORDERS', ['on', 'off']) === 'on',
    ttlMs: read.seconds('NUMBERYARD_NUMBER_ORDER_SECONDS'),
    numbersPerProjectMax: read.integer(
      'NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX',
      0,
      PROJECT_ORDER_NUMBERS_MAX,
    ),
    requirements: readRequirements(read),
    attachmentBytesMax: read.integer(
      'NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX',
      0,
      ATTACHMENT_BYTES_MAX,
    ),
    retentionMs:
      read.integer('NUMBERYARD_NUMBER_ORDER_RETENTION_DAYS', 0, RETENTION_DAYS_MAX) * DAY_MS,
  };
}

function readRequirements(read: Reading): readonly NumberRequirements[] {
  const variable = 'NUMBERYARD_REQUIREMENTS_FILE';
  const path = read.optional(variable);
  if (path === undefined) return DEFAULT_REQUIREMENTS;
  try {
    return parseRequirements(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof JsonError ? `${path}: ${error.message}` : (error as Error).message;
    read.problem(variable, `cannot be used: ${why}`);
    return [];
  }
}
