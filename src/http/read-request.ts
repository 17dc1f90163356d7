import type { FastifyRequest } from 'fastify';
import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import { DomainError, type FieldViolation, invalidField, invalidFields } from '../errors.ts';
import type { ParsedQuery } from './parse-query.ts';

/** A request body in bytes. The largest that anyone sends here is a few hundred. */
export const BODY_BYTES_MAX = 64 * 1024;

/** The fields of a request by the names of the API, with the names that this client wrote. */
type WrittenNames = Map<string, string>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Of what was read; a property, because a map beside the requests would take longer. */
    writtenNames: WrittenNames | undefined;
  }
}

/**
 * A field in the spelling of the client, who may have used snake_case or a singular for a plural: an error
 * names what the client can find in its own request.
 */
export function asWritten(request: FastifyRequest, field: string): string {
  return request.writtenNames?.get(field) ?? field;
}

/**
 * Makes a reader of JSON bodies. No body means `{}`. Names may be written in snake_case, as in protobuf's
 * JSON; fields that the schema does not know are left out.
 * @returns a function that throws DomainError INVALID_ARGUMENT with every wrong field.
 */
export function bodyReader<Schema extends TObject>(
  schema: Schema,
): (request: FastifyRequest) => Static<Schema> {
  const validate = validator(schema, 'body');
  return (request) => {
    const names: WrittenNames = new Map();
    request.writtenNames = names;
    return validate(pick(schema, parseJson(request.body), '', '', false, names), names);
  };
}

/**
 * Makes a reader of query parameters. Lists may be repeated parameters or one with commas; a property of
 * the schema may allow other names with `x-aliases`, and rule values out with `x-ignored`. Empty
 * parameters count as absent, except where a whole number belongs.
 */
export function queryReader<Schema extends TObject>(
  schema: Schema,
): (request: FastifyRequest) => Static<Schema> {
  const validate = validator(schema, 'query');
  const parameters = toParameters(schema);
  return (request) => {
    const { sent } = request.query as ParsedQuery;
    const names: WrittenNames = new Map();
    request.writtenNames = names;
    const value: Record<string, unknown> = {};
    // Of many parameters few are sent.
    for (const written of sent.keys()) {
      const parameter = parameters.get(written);
      if (parameter === undefined || Object.hasOwn(value, parameter.name)) continue;
      const { name, property, spellings } = parameter;
      const texts = textsOf(sent, parameter);
      if (texts.length === 0) continue;
      names.set(name, spellings.find((spelling) => sent.has(spelling)) ?? name);
      value[name] = toQueryValue(property, texts);
    }
    return validate(value, names);
  };
}

interface QueryParameter {
  name: string;
  property: QueryProperty;
  /** Its own name first. */
  spellings: string[];
}

type QueryProperty = TSchema & {
  type?: string;
  'x-aliases'?: readonly string[];
  'x-ignored'?: readonly string[];
};

/** The parameters by every name that they may have. */
function toParameters(schema: TObject): Map<string, QueryParameter> {
  const parameters = new Map<string, QueryParameter>();
  for (const [name, property] of Object.entries(schema.properties)) {
    const spellings = [name, ...((property as QueryProperty)['x-aliases'] ?? [])];
    for (const spelling of spellings) parameters.set(spelling, { name, property, spellings });
  }
  return parameters;
}

/** What was sent under any of the names, but for what counts as absent. */
function textsOf(sent: ParsedQuery['sent'], { property, spellings }: QueryParameter): string[] {
  const ignored = property['x-ignored'];
  const texts: string[] = [];
  for (const spelling of spellings) {
    for (const text of sent.get(spelling) ?? []) {
      if (text === '' && property.type !== 'integer') continue;
      if (ignored?.includes(text) !== true) texts.push(text);
    }
  }
  return texts;
}

function toQueryValue(property: QueryProperty, texts: string[]): unknown {
  if (property.type === 'array') return [...new Set(texts.flatMap((text) => text.split(',')))];
  // A whole number that is empty or comes twice is none.
  const text = property.type === 'integer' ? texts.join() : (texts[0] ?? '');
  if (property.type === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
  return property.type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function parseJson(body: unknown): Record<string, unknown> {
  if (typeof body !== 'string' || body.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalidField('body', 'is not valid JSON.');
  }
  if (!isRecord(value)) throw invalidField('body', 'must be a JSON object.');
  return value;
}

/** The fields that the schema knows, by their API names, whichever way they were written. */
function pick(
  schema: TObject,
  from: Record<string, unknown>,
  path: string,
  writtenPath: string,
  snakeCase: boolean,
  names: WrittenNames,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const snakeName = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const isSnake = !Object.hasOwn(from, name) && (snakeCase || Object.hasOwn(from, snakeName));
    const written = isSnake ? snakeName : name;
    const fieldPath = path + name;
    const fieldWritten = writtenPath + written;
    names.set(fieldPath, fieldWritten);
    // A missing field of an object written in snake_case is named in that way too.
    const inner = innerObject(property as TSchema);
    const field = from[written];
    if (!Object.hasOwn(from, written) || saysNothing(field, property as TSchema)) continue;
    value[name] =
      inner !== undefined && isRecord(field)
        ? pick(inner, field, `${fieldPath}.`, `${fieldWritten}.`, isSnake, names)
        : field;
  }
  return value;
}

/** As in protobuf's JSON: a null for an object, a list or an enum says that nothing was sent. */
function saysNothing(field: unknown, schema: TSchema): boolean {
  const { type } = schema as { type?: string };
  return field === null && (type === 'object' || type === 'array' || 'enum' in schema);
}

function innerObject(schema: TSchema): TObject | undefined {
  return (schema as { type?: string }).type === 'object' ? (schema as TObject) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What TypeBox and Ajv alike say of a wrong value. */
interface SchemaError {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

function validator<Schema extends TObject>(
  schema: Schema,
  part: 'body' | 'query',
): (value: unknown, names: WrittenNames) => Static<Schema> {
  const compiled = Compile(schema);
  return (value, names) => {
    if (compiled.Check(value)) {
      const violations = findUnfitTexts(value);
      if (violations.length > 0) throw invalidFields(violations);
      return value as Static<Schema>;
    }
    const errors = withoutOtherTypes(compiled.Errors(value) as SchemaError[]);
    throw toDomainError(value, errors, names, part);
  };
}

/** Where one of several types will do, and the value is of one of them but wrong, that it is of no other says nothing. */
function withoutOtherTypes(errors: readonly SchemaError[]): SchemaError[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter(
    ({ keyword, instancePath }) =>
      keyword !== 'type' ||
      !choices.some((choice) => choice.instancePath === instancePath) ||
      !errors.some(
        (other) =>
          !['type', 'anyOf'].includes(other.keyword) && other.instancePath.startsWith(instancePath),
      ),
  );
}

/** Texts that a database cannot store: PostgreSQL takes no NUL, and half a surrogate pair is no UTF-8. */
function findUnfitTexts(
  value: unknown,
  field = '',
  found: FieldViolation[] = [],
): FieldViolation[] {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return found;
    found.push({ field, description: 'must not contain NUL or half of a surrogate pair.' });
  } else if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) {
      findUnfitTexts(inner, field === '' ? name : `${field}.${name}`, found);
    }
  }
  return found;
}

function toDomainError(
  value: unknown,
  errors: readonly SchemaError[],
  names: WrittenNames,
  part: 'body' | 'query',
): DomainError {
  const violations = new Map<string, FieldViolation>();
  for (const error of errors) {
    const path = error.instancePath.split('/').slice(1);
    const missing =
      error.keyword === 'required' ? (error.params['requiredProperties'] as string[]) : [''];
    for (const name of missing) {
      // An element of a list is reported as its list: that is the name in the request.
      const field = [...path.filter((segment) => !/^\d+$/.test(segment)), name]
        .filter((segment) => segment !== '')
        .join('.');
      if (violations.has(field)) continue;
      violations.set(field, { field, description: describe(error, valueAt(value, path)) });
    }
  }
  const [first] = errors;
  if (first?.keyword === 'enum' && violations.size === 1) {
    const [violation] = violations.values();
    const field = names.get(violation?.field ?? '') ?? part;
    // The wording of the original for a value that an enum does not have.
    const text = String(valueAt(value, first.instancePath.split('/').slice(1)));
    return new DomainError(
      'INVALID_ARGUMENT',
      `parsing field "${field}": "${text}" is not a valid value`,
      { details: [{ type: 'BadRequest', fieldViolations: [...violations.values()] }] },
    );
  }
  return invalidFields([...violations.values()]);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    value,
  );
}

function describe(error: SchemaError, value: unknown): string {
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return 'is required.';
    case 'enum':
      return `"${String(value)}" is not one of ${(params['allowedValues'] as string[]).join(', ')}.`;
    case 'type':
      return `must be ${params['type'] === 'string' ? 'a string' : `of type ${String(params['type'])}`}.`;
    case 'minimum':
    case 'maximum':
      return `must be ${String(params['comparison'])} ${String(params['limit'])}.`;
    case 'minLength':
      return 'must not be empty.';
    case 'maxLength':
      return `must have at most ${String(params['limit'])} characters.`;
    case 'minItems':
      return params['limit'] === 1
        ? 'must not be empty.'
        : `must have at least ${String(params['limit'])} values.`;
    case 'maxItems':
      return `must have at most ${String(params['limit'])} values.`;
    case 'pattern':
      return `must match ${String(params['pattern'])}.`;
    case 'minProperties':
      return 'must not be an empty object.';
    default:
      return 'is not valid.';
  }
}
