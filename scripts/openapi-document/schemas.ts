/** A JSON Schema. */
export interface Schema {
  $id?: string;
  $ref?: string;
  [keyword: string]: unknown;
}

/** Schemas by their `$id`, as the components of a document: those that are inside others too. */
export function toComponents(named: readonly Schema[]): Record<string, Schema> {
  const components: Record<string, Schema> = {};
  for (const schema of named) addComponent(schema, components);
  return components;
}

function addComponent(schema: Schema, components: Record<string, Schema>): Schema {
  const { $id: name, ...rest } = schema;
  if (name === undefined) throw new Error('a component needs an $id');
  // In its place before it is filled, so that what stands outside comes first.
  components[name] ??= {};
  components[name] = toOpenApi(rest, components) as Schema;
  return { $ref: `#/components/schemas/${name}` };
}

function toOpenApi(value: unknown, components: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((item) => toOpenApi(item, components));
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Schema;
  if (schema.$id !== undefined) return addComponent(schema, components);
  const result: Schema = Object.fromEntries(
    Object.entries(schema).map(([key, item]) => [
      key,
      // Examples are values: nothing in them is a schema.
      key === 'examples' ? item : toOpenApi(item, components),
    ]),
  );
  if (schema.$ref !== undefined) result.$ref = `#/components/schemas/${schema.$ref}`;
  return writeNullShort(result);
}

/** `anyOf` with null, said in the way that generators and readers take in at a glance. */
function writeNullShort(schema: Schema): Schema {
  const [first, second, ...others] = (schema['anyOf'] ?? []) as Schema[];
  if (first === undefined || second?.['type'] !== 'null' || others.length > 0) return schema;
  const { type, enum: values, ...rest } = first;
  if (typeof type !== 'string') return schema;
  const { anyOf: _, ...outside } = schema;
  return {
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
    ...rest,
    ...outside,
  };
}
