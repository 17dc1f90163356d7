/** What is wrong with a JSON text that an operator has written: where, and what. */
export class JsonError extends Error {}

/** A value of such a text, with the path that an error names. */
export class JsonPlace {
  readonly #path: string;
  readonly #value: unknown;

  constructor(path: string, value: unknown) {
    this.#path = path;
    this.#value = value;
  }

  problem(description: string): JsonError {
    return new JsonError(this.#path === '' ? description : `${this.#path} ${description}`);
  }

  /** An object that has no other fields than these: one that is misspelled would require nothing. */
  object(names: readonly string[]): { at: (name: string) => JsonPlace } {
    const record = this.#record();
    const unknown = Object.keys(record).find((name) => !names.includes(name));
    if (unknown !== undefined) throw this.problem(`has an unknown field "${unknown}"`);
    return { at: (name) => this.#inner(name, record[name]) };
  }

  entries(): [string, JsonPlace][] {
    return Object.entries(this.#record()).map(([name, value]) => [name, this.#inner(name, value)]);
  }

  /** Absent: none. */
  list(max: number): JsonPlace[] {
    if (this.#value === undefined) return [];
    if (!Array.isArray(this.#value)) throw this.problem('must be a list');
    if (this.#value.length > max) throw this.problem(`has more than ${max} elements`);
    return this.#value.map((value, i) => new JsonPlace(`${this.#path}[${i}]`, value));
  }

  texts(): string[] {
    return this.list(Number.POSITIVE_INFINITY).map((each) => each.text());
  }

  text(fallback?: string): string {
    const value = this.#value ?? fallback;
    if (typeof value !== 'string') throw this.problem('must be a text');
    if (value === '' && fallback === undefined) throw this.problem('must not be empty');
    return value;
  }

  truth(fallback: boolean): boolean {
    const value = this.#value ?? fallback;
    if (typeof value !== 'boolean') throw this.problem('must be true or false');
    return value;
  }

  wholeNumber(min: number, max: number, fallback: number): number {
    const value = this.#value ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw this.problem(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  }

  choice<Choice extends string>(choices: readonly Choice[]): Choice {
    const choice = choices.find((each) => each === this.#value);
    if (choice === undefined) throw this.problem(`must be one of ${choices.join(', ')}`);
    return choice;
  }

  pattern(): string | null {
    if (this.#value === undefined) return null;
    const pattern = this.text();
    try {
      new RegExp(pattern, 'u').test('');
    } catch {
      throw this.problem('must be a regular expression');
    }
    return pattern;
  }

  #record(): Record<string, unknown> {
    if (!isRecord(this.#value)) throw this.problem('must be an object');
    return this.#value;
  }

  #inner(name: string, value: unknown): JsonPlace {
    return new JsonPlace(this.#path === '' ? name : `${this.#path}.${name}`, value);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
