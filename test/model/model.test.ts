import { creditProject } from '../../src/app/change-account.ts';
import { systemClock } from '../../src/clock.ts';
import { formatAmount } from '../../src/domain/money.ts';
import { createIds } from '../../src/ids.ts';
import { openStore } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createStockedDatabase, OTHER_PROJECT, PROJECT } from '../support/test-server.ts';
import { assertLikeModel } from './check.ts';
import { ModelClient } from './client.ts';
import { Model, type ModelPool } from './model.ts';
import { type Step, STEPS, TIMELESS_STEPS } from './steps.ts';

/** More of them find more, and take longer: MODEL_STEPS. Other walks are MODEL_SEED. */
const STEP_COUNT = Number(process.env['MODEL_STEPS'] ?? 700);
const SEEDS = process.env['MODEL_SEED']?.split(',').map(Number) ?? [20_260_131, 7];
/** One of so many steps is a move of the clock, the death of the server, a request that is sent twice, a payment. */
const ADVANCE_EVERY = 4;
const KILL_EVERY = 120;
const REPEAT_EVERY = 3;
const PAY_EVERY = 15;
/** From less than a hold to more than a month, and a quarantine. */
const MOVES = ['PT10M', 'PT50M', 'PT5H', 'P1D', 'P6D', 'P15D', 'P33D'];

/** The other project pays afterwards. */
const PAYER = OTHER_PROJECT;
const USD = { currencyCode: 'USD', reference: '' };

const POOLS: readonly (ModelPool & { name: string; first: number; size: number })[] = [
  {
    name: 'us',
    regionCode: 'US',
    first: 12025550100,
    size: 6,
    setupMinor: 50,
    monthlyMinor: 75,
    intervalMonths: 1,
    quarantineDays: 10,
  },
  {
    name: 'gb',
    regionCode: 'GB',
    first: 442079460000,
    size: 4,
    setupMinor: 0,
    monthlyMinor: 120,
    intervalMonths: 3,
    quarantineDays: 0,
  },
  {
    name: 'mine',
    regionCode: 'US',
    first: 12125550100,
    size: 2,
    setupMinor: 10,
    monthlyMinor: 20,
    intervalMonths: 1,
    quarantineDays: 40,
    onlyFor: PROJECT.id,
  },
];

for (const seed of SEEDS) {
  testOnEachEngine(
    `whatever projects do, the product is what the model says: walk ${seed}`,
    async (_start, engine) => {
      await using database = await createStockedDatabase(engine, POOLS.map(toTestPool));
      await using client = await ModelClient.start(database.url);
      await using store = await openStore(database.url);
      const model = new Model(POOLS.flatMap(toNumbers));
      const random = createRandom(seed);
      const pay = async (amountMinor: number) => {
        const amount = formatAmount(amountMinor, 'USD');
        const ids = createIds(systemClock);
        await creditProject({ store, clock: systemClock, ids }, PAYER.id, { amount, ...USD });
        model.balances.set(PAYER.id, (model.balances.get(PAYER.id) ?? 0) + amountMinor);
      };
      await pay(2000);
      const done: string[] = [];
      try {
        for (let i = 0; i < STEP_COUNT; i++) {
          if (random(PAY_EVERY) === 0) {
            const amountMinor = 1 + random(1000);
            done.push(`pay ${amountMinor}`);
            await pay(amountMinor);
          } else if (random(ADVANCE_EVERY) === 0) {
            const by = MOVES[random(MOVES.length)] ?? 'P1D';
            done.push(`advance ${by}`);
            await client.advance(by);
            model.advanceTo(await client.readClock());
          } else {
            const isDeadly = random(KILL_EVERY) === 0;
            const step = makeStep(model, random, isDeadly);
            done.push(`${isDeadly ? 'kill at ' : ''}${describe(step)}`);
            const answer = isDeadly
              ? await client.sendAndKill(step.request, random(30))
              : await client.send(step.request, random(REPEAT_EVERY) === 0);
            done.push(`  ${answer.status}`);
            await step.settle(answer, store);
            model.advanceTo(await client.readClock());
          }
          await assertLikeModel(store, model);
        }
      } catch (error) {
        throw new Error(`Seed ${seed}, after:\n${done.slice(-12).join('\n')}`, { cause: error });
      }
    },
  );
}

function makeStep(model: Model, random: (limit: number) => number, isTimeless: boolean): Step {
  const steps = isTimeless ? TIMELESS_STEPS : STEPS;
  const project = random(2) === 0 ? PROJECT : OTHER_PROJECT;
  const make = steps[random(steps.length)] as (typeof steps)[number];
  return make({ model, project, random });
}

function describe({ request: { project, method, path, body } }: Step): string {
  return `${project.id} ${method} ${path} ${JSON.stringify(body ?? {})}`;
}

function toTestPool(pool: (typeof POOLS)[number]) {
  return {
    name: pool.name,
    regionCode: pool.regionCode,
    first: `+${pool.first}`,
    size: pool.size,
    setupPriceMinor: pool.setupMinor,
    monthlyPriceMinor: pool.monthlyMinor,
    paymentIntervalMonths: pool.intervalMonths,
    quarantineDays: pool.quarantineDays,
    ...(pool.onlyFor === undefined ? {} : { visibleTo: new Set([PROJECT.id]) }),
  };
}

function toNumbers(pool: (typeof POOLS)[number]) {
  return Array.from({ length: pool.size }, (_, i) => ({ e164: `+${pool.first + i}`, pool }));
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
