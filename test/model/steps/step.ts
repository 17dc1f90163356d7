import assert from 'node:assert/strict';

import type { Store } from '../../../src/store/store.ts';
import type { Json } from '../../support/rentals.ts';
import type { Answer, TestProject } from '../../support/test-server.ts';
import type { ModelRequest } from '../client.ts';
import type { Model, ModelNumber } from '../model.ts';
import type { Operator } from '../operator.ts';

/** What a project asks for, and what has to come of it. */
export interface Step {
  /** What the project asks for before that, with success. */
  before?: readonly ModelRequest[];
  request: ModelRequest;
  /**
   * Compares the answer with the model and changes the model as the answer says it was. What the request has made due
   * is done then.
   */
  settle: (answer: Answer, store: Store) => Promise<void>;
}

/** What the operator does beside the server, and what has to come of it. */
export interface OperatorStep {
  description: string;
  /** Does it, compares the outcome with the model and changes the model. */
  act: (operator: Operator) => Promise<void>;
}

export interface StepContext {
  model: Model;
  project: TestProject;
  /** A whole number from 0 up to, not including, `limit`. */
  random: (limit: number) => number;
}

export type MakeStep = (context: StepContext) => Step;
export type OperatorContext = Omit<StepContext, 'project'>;

export type MakeOperatorStep = (context: OperatorContext) => OperatorStep;

export function pick<Item>(items: readonly Item[], random: StepContext['random']): Item {
  return items[random(items.length)] as Item;
}

export function pickSome<Item>(
  items: readonly Item[],
  count: number,
  random: StepContext['random'],
): Item[] {
  const rest = [...items];
  return Array.from({ length: count }, () => rest.splice(random(rest.length), 1)[0] as Item);
}

/** One of those that there are, and of `others` where there is none; now and then one of these all the same. */
export function pickRather<Item>(
  items: readonly Item[],
  others: readonly Item[],
  random: StepContext['random'],
): Item {
  return pick(items.length > 0 && random(8) > 0 ? items : others, random);
}

/** Rather one that the project rents. */
export function pickRented({ model, project, random }: StepContext): ModelNumber {
  const rented = model.numbers.filter((number) => model.rentalOf(number, project.id) !== undefined);
  return pickRather(rented, model.numbers, random);
}

/** Rather one that is on sale to the project. */
export function pickOnSale({ model, project, random }: StepContext): ModelNumber {
  return pickRather(model.onSale(project.id), model.numbers, random);
}

/** Fails unless it is not granted as things are, for these reasons. */
export function assertRefused(answer: Answer, ...types: string[]): void {
  assert.equal(answer.status, 400, answer.text);
  const { violations } = answer.json.error.details[0];
  assert.deepEqual(
    violations.map(({ type }: Json) => type),
    types,
    answer.text,
  );
}
