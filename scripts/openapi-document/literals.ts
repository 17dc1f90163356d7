/** A line of code in a sample should fit into the narrow column of the reference. */
const WIDTH_MAX = 54;

interface Style {
  key(name: string): string;
  text(value: string): string;
  constants: Record<'null' | 'true' | 'false', string>;
  step: string;
  /** Inside the braces of an object on one line. */
  padding: string;
  trailingComma: boolean;
}

const JSON_STYLE: Style = {
  key: (name) => JSON.stringify(name),
  text: (value) => JSON.stringify(value),
  constants: { null: 'null', true: 'true', false: 'false' },
  step: '  ',
  padding: ' ',
  trailingComma: false,
};

const JAVASCRIPT_STYLE: Style = {
  ...JSON_STYLE,
  key: (name) => (/^\w+$/.test(name) ? name : `'${name}'`),
  text: (value) => `'${value}'`,
  trailingComma: true,
};

const PYTHON_STYLE: Style = {
  ...JSON_STYLE,
  constants: { null: 'None', true: 'True', false: 'False' },
  step: '    ',
  padding: '',
  trailingComma: true,
};

/**
 * The value as a person would write it. `indent` is that of the line it begins in, `used` how many
 * characters that line has besides.
 */
export function toJson(value: unknown, indent = '', used = 0): string {
  return format(value, JSON_STYLE, indent, used);
}

export function toJavaScript(value: unknown, indent = '', used = 0): string {
  return format(value, JAVASCRIPT_STYLE, indent, used);
}

export function toPython(value: unknown, indent = '', used = 0): string {
  return format(value, PYTHON_STYLE, indent, used);
}

function format(value: unknown, style: Style, indent: string, used: number): string {
  if (typeof value === 'string') return style.text(value);
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value === 'boolean') {
    return style.constants[String(value) as 'null' | 'true' | 'false'];
  }
  const inner = indent + style.step;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => format(item, style, inner, 1))
    : Object.entries(value as object).map(([name, item]) => {
        const key = `${style.key(name)}: `;
        return key + format(item, style, inner, key.length + 1);
      });
  const [open, close] = isList ? '[]' : '{}';
  if (items.length === 0) return `${open}${close}`;
  const padding = isList ? '' : style.padding;
  const line = `${open}${padding}${items.join(', ')}${padding}${close}`;
  // On one line when it fits and holds nothing that is on several.
  if (!line.includes('\n') && indent.length + used + line.length <= WIDTH_MAX) return line;
  const comma = style.trailingComma ? ',' : '';
  return `${open}\n${inner}${items.join(`,\n${inner}`)}${comma}\n${indent}${close}`;
}
