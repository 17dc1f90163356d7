import { getAvailableNumber } from '../src/app/get-available-number.ts';
import { rentAnyNumber } from '../src/app/rent-any-number.ts';
import { rentNumber } from '../src/app/rent-number.ts';
import type { Context } from '../src/context.ts';
import type { E164 } from '../src/domain/phone-number.ts';
import type { ProjectId } from '../src/domain/project-id.ts';
import { insertProject } from '../src/store/project.ts';
import { openStore, type PostgresOptions } from '../src/store/store.ts';
import { createBenchContext } from './context.ts';
import { BASE } from './search-cases.ts';
import { createRandom, median, timeRounds, type Timing } from './timing.ts';

const SEED = 7;
const PROJECT_ID = 'bench' as ProjectId;
const CALLER = { projectId: PROJECT_ID, actor: 'bench-key', requestId: 'bench' };
/** Callers at once: as many as a busy server has requests under way. */
const CONCURRENCY = 128;
const CHECKS = 5000;
const WARM_UP = 200;
/** As the server has it, but with a connection for each of many callers. */
const POSTGRES: PostgresOptions = {
  connectionsMax: 20,
  statementTimeoutMs: 30_000,
  prepareStatements: true,
};

export interface RentsResult {
  check: Timing;
  /** Rents a second, each durable before it is answered. */
  aloneRentsPerSecond: number;
  togetherRentsPerSecond: number;
  /** How many times more rents concurrent callers get than one who waits for each commit. */
  ratio: number;
  rentAnyPerSecond: number;
  rentAny: Timing;
}

/**
 * Checks and rents, in the process, on a database that may be changed. One caller who waits for each rent
 * gives a commit to each; concurrent callers share commits. They take turns, because the machine is noisy.
 * @param rents of each turn with concurrent callers
 */
export async function measureRents(
  databaseUrl: string,
  turns: number,
  rents: number,
): Promise<RentsResult> {
  await using store = await openStore(databaseUrl, POSTGRES);
  const context = createBenchContext(store);
  await store.write((db) =>
    insertProject(db, {
      id: PROJECT_ID,
      displayName: 'Bench',
      callbackSecret: 'secret',
      createdAt: context.clock.now(),
    }),
  );
  const alone = Math.ceil(rents / 8);
  const numbers = await drawAvailable(context, WARM_UP + turns * (rents + alone));
  const rentNext = async () => {
    await rentNumber(context, CALLER, numbers.pop() as E164, {});
  };
  let place = 0;
  const checkNext = () =>
    getAvailableNumber(context, PROJECT_ID, numbers[place++ % numbers.length] as E164);
  const check = await timeRounds(CHECKS, WARM_UP, checkNext);

  await perSecond(WARM_UP, CONCURRENCY, rentNext);
  const rates: { alone: number; together: number }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    rates.push({
      alone: await perSecond(alone, 1, rentNext),
      together: await perSecond(rents, CONCURRENCY, rentNext),
    });
  }
  const rentAnyNext = () => rentAnyNumber(context, CALLER, BASE, {});
  const rentAny = await timeRounds(alone, WARM_UP, rentAnyNext);
  return {
    check,
    aloneRentsPerSecond: median(rates.map((rate) => rate.alone)),
    togetherRentsPerSecond: median(rates.map((rate) => rate.together)),
    ratio: median(rates.map((rate) => rate.together / rate.alone)),
    rentAny,
    rentAnyPerSecond: await perSecond(rents, CONCURRENCY, rentAnyNext),
  };
}

/** Available numbers from all over the stock, in the order of a draw. */
async function drawAvailable({ store }: Context, count: number): Promise<E164[]> {
  const all = await store.read((db) =>
    db.column<E164>('SELECT e164 FROM number WHERE state = 0 ORDER BY e164'),
  );
  const random = createRandom(SEED);
  const drawn: E164[] = [];
  while (drawn.length < count && all.length > 0) {
    const i = random(all.length);
    drawn.push(all[i] as E164);
    all[i] = all.at(-1) as E164;
    all.pop();
  }
  return drawn;
}

/** Does something `count` times by as many callers at once. @returns how many a second. */
async function perSecond(
  count: number,
  callers: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let left = count;
  const call = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: callers }, call));
  return (count / (performance.now() - startedAt)) * 1000;
}
