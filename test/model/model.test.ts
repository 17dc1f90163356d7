import assert from 'node:assert/strict';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createStockedDatabase, OTHER_PROJECT, PROJECT } from '../support/test-server.ts';
import { assertLikeModel } from './check.ts';
import { ModelClient, type ModelRequest } from './client.ts';
import { takeDunning } from './dunning.ts';
import { Model } from './model.ts';
import { Operator } from './operator.ts';
import { POOLS, toNumbers, toTestPool } from './pools.ts';
import { OPERATOR_STEPS, STEPS, TIMELESS_STEPS } from './steps.ts';
import { PAYER } from './steps/operator.ts';
import { pick } from './steps/step.ts';

/** More of them find more, and take longer: MODEL_STEPS. Other walks are MODEL_SEED. */
const STEP_COUNT = Number(process.env['MODEL_STEPS'] ?? 700);
const SEEDS = process.env['MODEL_SEED']?.split(',').map(Number) ?? [20_260_131, 7];
/** One of so many steps is a move of the clock, the death of the server, a request that is sent twice, the operator's. */
const ADVANCE_EVERY = 5;
const KILL_EVERY = 120;
const REPEAT_EVERY = 3;
const OPERATE_EVERY = 7;
/** From less than a hold to more than a month, and a quarantine. */
const MOVES = ['PT10M', 'PT50M', 'PT5H', 'P1D', 'P6D', 'P15D', 'P33D'];

/** With which the walk begins. */
const FIRST_PAYMENT_MINOR = 500;

for (const seed of SEEDS) {
  testOnEachEngine(
    `whatever projects do, the product is what the model says: walk ${seed}`,
    async (_start, engine) => {
      await using database = await createStockedDatabase(engine, POOLS.map(toTestPool));
      await using client = await ModelClient.start(database.url);
      await using operator = await Operator.open(database.url);
      const model = new Model(POOLS.flatMap(toNumbers));
      await operator.pay(PAYER.id, FIRST_PAYMENT_MINOR);
      model.balances.set(PAYER.id, FIRST_PAYMENT_MINOR);
      const walk: Walk = { client, operator, model, random: createRandom(seed), done: [] };
      try {
        for (let i = 0; i < STEP_COUNT; i++) {
          const now = await goOn(walk);
          model.advanceTo(now);
          await takeDunning(model, operator.store, now);
          await assertLikeModel(operator.store, model);
        }
      } catch (error) {
        const last = walk.done.slice(-12).join('\n');
        throw new Error(`Seed ${seed}, after:\n${last}`, { cause: error });
      }
    },
  );
}

interface Walk {
  client: ModelClient;
  operator: Operator;
  model: Model;
  random: (limit: number) => number;
  /** In words, for whoever has to find out why it failed. */
  done: string[];
}

/** @returns the time at which all is done that the step has made due. */
function goOn(walk: Walk): Promise<Timestamp> {
  if (walk.random(OPERATE_EVERY) === 0) return operate(walk);
  if (walk.random(ADVANCE_EVERY) === 0) return advance(walk);
  return ask(walk);
}

async function operate({ client, operator, model, random, done }: Walk): Promise<Timestamp> {
  const step = pick(OPERATOR_STEPS, random)({ model, random });
  done.push(step.description);
  await step.act(operator);
  return client.drain();
}

function advance({ client, random, done }: Walk): Promise<Timestamp> {
  const by = pick(MOVES, random);
  done.push(`advance ${by}`);
  return client.advance(by);
}

async function ask({ client, operator, model, random, done }: Walk): Promise<Timestamp> {
  const isDeadly = random(KILL_EVERY) === 0;
  const project = random(2) === 0 ? PROJECT : OTHER_PROJECT;
  const make = pick(isDeadly ? TIMELESS_STEPS : STEPS, random);
  const { before = [], request, settle } = make({ model, project, random });
  for (const each of before) {
    done.push(describe(each));
    const { status, text } = await client.send(each, false);
    assert.equal(status, 200, text);
  }
  done.push(`${isDeadly ? 'kill at ' : ''}${describe(request)}`);
  const answer = isDeadly
    ? await client.sendAndKill(request, random(30))
    : await client.send(request, random(REPEAT_EVERY) === 0);
  done.push(`  ${answer.status}`);
  // Whoever only looks, or looks for what there is not, makes nothing due.
  const isIdle = request.method === 'GET' || answer.status === 404;
  const now = isIdle ? await client.readClock() : await client.drain();
  await settle(answer, operator.store);
  return now;
}

function describe({ project, method, path, body }: ModelRequest): string {
  return `${project.id} ${method} ${path} ${JSON.stringify(body ?? {})}`;
}

/** The same walk for the same seed: mulberry32. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
