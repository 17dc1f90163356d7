import { type Code, type ModuleCode, parseModuleCode } from './module-code.ts';

/** What every way to a database comes down to: what speaks SQL, and what runs a program that may. */
const DATABASE_PACKAGES = ['node:sqlite', 'pg', 'node:child_process', 'node:worker_threads'];
/** These run programs that find no database. */
const HARMLESS = [
  'test/support/command-line.ts#openCommandLineWithoutDatabase',
  'test/support/test-runner.ts#runTests',
];

const EACH_ENGINE = 'test/support/engines.ts#testOnEachEngine';
const ONE_ENGINE = 'test/support/engines.ts#testOnEngine';

/** A database that somebody wrote down instead of asking for one of the test's engine. */
const ENGINE_URL = /^(sqlite|postgres(ql)?):/;

/** The text of a file of the repository. Its path has forward slashes. */
export type ReadSource = (file: string) => string;

/**
 * Finds the tests that would run on one engine without saying so: those that can reach a database and are
 * declared with neither `testOnEachEngine` nor `testOnEngine`, and those on each engine that open one by a URL
 * that is written down.
 * Names are followed through functions and files, whatever shadows them: what is found by mistake goes away
 * with another name.
 * @returns a sentence for each, with file and line.
 */
export function findOneEngineTests(testFile: string, readSource: ReadSource): string[] {
  const modules = new Map<string, ModuleCode>();
  const open = (file: string): ModuleCode => {
    const module =
      modules.get(file) ?? parseModuleCode(file, readSource(file), [EACH_ENGINE, ONE_ENGINE]);
    modules.set(file, module);
    return module;
  };
  const { statements, declarations } = open(testFile);
  const found: string[] = [];
  for (const statement of statements) {
    const way = findWayToDatabase(testFile, statement, open);
    if (way === undefined) continue;
    found.push(`${statement.line} reaches a database by ${way} and says nothing of engines`);
  }
  const opens = (name: string) =>
    findWayToDatabase(testFile, { names: new Set([name]), loads: [] }, open) !== undefined;
  for (const { of, code } of [...statements, ...declarations.values()].flatMap(
    (each) => each.apart,
  )) {
    if (of !== EACH_ENGINE) continue;
    for (const { name } of listCallsWithUrl(code, declarations)) {
      if (!opens(name)) continue;
      found.push(`${code.line} runs on each engine and gives ${name} the URL of one`);
    }
  }
  return found.map((sentence) => `${testFile}:${sentence}`);
}

/** @returns the name by which the code sets out, or undefined when it arrives at no database. */
function findWayToDatabase(
  file: string,
  code: Pick<Code, 'names' | 'loads'>,
  open: (file: string) => ModuleCode,
): string | undefined {
  const seen = new Set<string>();
  const resolve = (from: string, name: string) => open(from).imports.get(name) ?? `${from}#${name}`;
  /** @returns whether a database can be reached from `file#name`. */
  function leads(symbol: string): boolean {
    if (seen.has(symbol) || HARMLESS.includes(symbol)) return false;
    seen.add(symbol);
    const [target = '', name = ''] = symbol.split('#');
    if (DATABASE_PACKAGES.includes(target)) return true;
    if (!target.endsWith('.ts')) return false;
    const { declarations, exports } = open(target);
    if (name === '*') return declarations.keys().some((each) => leads(`${target}#${each}`));
    const local = exports.get(name) ?? name;
    const declared = declarations.get(local);
    return declared === undefined ? leads(resolve(target, local)) : isOnTheWay(target, declared);
  }
  const isOnTheWay = (from: string, { names, loads }: Code): boolean =>
    [...names].some((name) => leads(resolve(from, name))) ||
    loads.some((load) => leads(`${load}#*`));

  const byName = [...code.names].find((name) => leads(resolve(file, name)));
  return byName ?? code.loads.find((load) => leads(`${load}#*`));
}

/** In the code itself, and in what it uses of the same file. */
function listCallsWithUrl(code: Code, declarations: ReadonlyMap<string, Code>): Code['calls'] {
  const reached = new Set([code]);
  for (const { names } of reached) {
    for (const name of names) {
      const declared = declarations.get(name);
      if (declared !== undefined) reached.add(declared);
    }
  }
  return [...reached].flatMap(({ calls }) => calls.filter(({ text }) => ENGINE_URL.test(text)));
}
