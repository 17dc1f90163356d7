import path from 'node:path';

import { parseSync } from 'rolldown/utils';

/** What a module consists of, as far as it matters who uses what. `file#name` is a name of a file or a package. */
export interface ModuleCode {
  /** From the name that is used here to `file#name` elsewhere; `#*` is all of it. */
  imports: Map<string, string>;
  /** Functions, classes and constants, and under `default` what is exported so. */
  declarations: Map<string, Code>;
  /** From the name outside to the name here, of what is not exported where it is declared. */
  exports: Map<string, string>;
  /** Everything else that runs when the module is loaded. */
  statements: Code[];
}

/** A piece of a program, with all that is inside but not what is in calls that are kept apart. */
export interface Code {
  /** Where it begins, counted from 1. */
  line: number;
  /** Every name in it that is not that of a property or of a type. */
  names: Set<string>;
  /** Modules that it imports while it runs. */
  loads: string[];
  /** Calls with a text for a first argument, or with the beginning of one if it is a template. */
  calls: { name: string; text: string }[];
  apart: ApartCall[];
}

interface ApartCall {
  /** `file#name` of the function that is called. */
  of: string;
  code: Code;
}

type Node = { type: string } & Record<string, unknown>;

/**
 * @param apart `file#name` of functions whose calls are kept apart from the code around them.
 * @throws Error when it is no TypeScript.
 */
export function parseModuleCode(file: string, text: string, apart: readonly string[]): ModuleCode {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const module: ModuleCode = {
    imports: new Map(),
    declarations: new Map(),
    exports: new Map(),
    statements: [],
  };
  const statements = program.body as unknown as Node[];
  for (const statement of statements) addImports(module, file, statement);
  for (const statement of statements) {
    addStatement(module, statement, (node) => readCode(node, { file, text, module, apart }));
  }
  return module;
}

/** What is exported from elsewhere counts as imported under its name outside. */
function addImports({ imports }: ModuleCode, file: string, statement: Node): void {
  const { type, source } = statement;
  if (type !== 'ImportDeclaration' && (type !== 'ExportNamedDeclaration' || source === null))
    return;
  const from = toFile(file, source);
  for (const specifier of statement['specifiers'] as Node[]) {
    switch (specifier.type) {
      case 'ImportSpecifier':
        imports.set(nameIn(specifier, 'local'), `${from}#${nameIn(specifier, 'imported')}`);
        break;
      case 'ImportNamespaceSpecifier':
        imports.set(nameIn(specifier, 'local'), `${from}#*`);
        break;
      case 'ImportDefaultSpecifier':
        imports.set(nameIn(specifier, 'local'), `${from}#default`);
        break;
      default:
        imports.set(nameIn(specifier, 'exported'), `${from}#${nameIn(specifier, 'local')}`);
    }
  }
}

function addStatement(module: ModuleCode, statement: Node, read: (node: unknown) => Code): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      return;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      module.declarations.set(nameIn(statement, 'id'), read(statement));
      return;
    case 'VariableDeclaration':
      for (const { id, init } of statement['declarations'] as Node[]) {
        for (const name of read(id).names) module.declarations.set(name, read(init));
      }
      return;
    case 'ExportDefaultDeclaration':
      module.declarations.set('default', read(statement['declaration']));
      return;
    case 'ExportNamedDeclaration':
      if (statement['declaration'] !== null) {
        addStatement(module, statement['declaration'] as Node, read);
      }
      if (statement['source'] !== null) return;
      for (const specifier of statement['specifiers'] as Node[]) {
        module.exports.set(nameIn(specifier, 'exported'), nameIn(specifier, 'local'));
      }
      return;
    default:
      module.statements.push(read(statement));
  }
}

interface Place {
  file: string;
  text: string;
  module: ModuleCode;
  apart: readonly string[];
}

function readCode(root: unknown, place: Place, start = startOf(root)): Code {
  const { file, text, module, apart } = place;
  const line = text.slice(0, start).split('\n').length;
  const code: Code = { line, names: new Set(), loads: [], calls: [], apart: [] };
  visit(root, (node) => {
    switch (node.type) {
      case 'Identifier':
        code.names.add(String(node['name']));
        return true;
      case 'ImportExpression':
        code.loads.push(toFile(file, node['source']));
        return true;
      case 'CallExpression': {
        const name = nameIn(node, 'callee');
        const first = textOf((node['arguments'] as Node[])[0]);
        if (first !== undefined) code.calls.push({ name, text: first });
        const of = module.imports.get(name) ?? '';
        if (!apart.includes(of)) return true;
        code.apart.push({ of, code: readCode(node['arguments'], place, startOf(node)) });
        return false;
      }
      default:
        return true;
    }
  });
  return code;
}

/** These are, when the program runs, what is inside them. */
const CASTS = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];

/** @param see returns whether to look into the node. */
function visit(value: unknown, see: (node: Node) => boolean): void {
  if (Array.isArray(value)) return value.forEach((item) => visit(item, see));
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (CASTS.includes(node.type)) return visit(node['expression'], see);
  if (typeof node.type !== 'string' || node.type.startsWith('TS') || !see(node)) return;
  for (const [key, child] of Object.entries(node)) {
    // The name of a property is nobody's, unless it is computed.
    const isName = (key === 'property' || key === 'key') && node['computed'] === false;
    if (!isName) visit(child, see);
  }
}

function textOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node?.type !== 'TemplateLiteral') return undefined;
  return (node['quasis'] as { value: { cooked: string } }[])[0]?.value.cooked;
}

function startOf(node: unknown): number {
  return Number((node as Node | null)?.['start'] ?? 0);
}

function nameIn(node: Node, key: string): string {
  return String((node[key] as Node)['name']);
}

/** What an import names: a file of the repository, or a package. */
function toFile(file: string, source: unknown): string {
  const specifier = String((source as Node)['value']);
  return specifier.startsWith('.')
    ? path.posix.join(path.posix.dirname(file), specifier)
    : specifier;
}
