import { createPool } from '../src/app/create-pool.ts';
import { renewRentals } from '../src/app/renew-rentals.ts';
import { rentNumber } from '../src/app/rent-number.ts';
import { SetAside } from '../src/app/set-aside.ts';
import { MovableClock, systemClock } from '../src/clock.ts';
import type { Context } from '../src/context.ts';
import type { E164 } from '../src/domain/phone-number.ts';
import type { ProjectId } from '../src/domain/project-id.ts';
import { insertNumbers } from '../src/store/number.ts';
import { insertProject } from '../src/store/project.ts';
import { migrate } from '../src/store/schema.ts';
import { openStore, type Store } from '../src/store/store.ts';
import { createBenchContext } from './context.ts';
import { POOLS } from './stock-plan.ts';
import type { Stocks } from './stocks.ts';

const PROJECT_ID = 'bench' as ProjectId;
const CALLER = { projectId: PROJECT_ID, actor: 'bench-key', requestId: 'bench' };
const FIRST = '+12020000000' as E164;
const DAY_MS = 86_400_000;
/** Every month is over after this long, and no second one. */
const MONTH_MS = 31 * DAY_MS;
const NUMBERS_PER_WRITE = 5000;
/** As many as an operator may have to renew on one day. */
const DAY_OF_RENEWALS = 100_000;

export interface RenewalsResult {
  rentals: number;
  workers: number;
  perSecond: number;
  /** Of this process, for each rental. */
  cpuMs: number;
  /** For a hundred thousand rentals at this rate. */
  minutes: number;
}

/**
 * Renews rentals that all fall due at the same instant, by several workers on connections of their own, as those of
 * several processes are. Fails unless each was charged once.
 */
export async function measureRenewals(
  stocks: Stocks,
  rentals: number,
  workers: number,
): Promise<RenewalsResult> {
  await using scratch = await stocks.empty();
  await using opened = new AsyncDisposableStack();
  const clock = new MovableClock(systemClock);
  const open = async (): Promise<Context> => {
    const store = opened.use(await openStore(scratch.databaseUrl));
    return { ...createBenchContext(store), clock };
  };
  const context = await open();
  await rentAll(context, rentals);
  const contexts = [context];
  while (contexts.length < workers) contexts.push(await open());
  clock.advance(MONTH_MS);

  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(contexts.map(renewAll));
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  await assertRenewedOnce(context.store, rentals);
  return {
    rentals,
    workers,
    perSecond: Math.round((rentals / ms) * 1000),
    cpuMs: (user + system) / 1000 / rentals,
    minutes: ((ms / rentals) * DAY_OF_RENEWALS) / 60_000,
  };
}

async function renewAll(context: Context): Promise<void> {
  const setAside = new SetAside();
  while ((await renewRentals(context, setAside)) > 0);
}

/** Rents one number as everybody does, and makes copies of that rental for the others: renting all takes longer. */
async function rentAll(context: Context, rentals: number): Promise<void> {
  const { store, clock } = context;
  await migrate(store, clock);
  const pool = await createPool(context, { ...(POOLS[0] as (typeof POOLS)[0]), name: 'renewed' });
  const numbers = Array.from({ length: rentals }, (_, i) => `+${BigInt(FIRST) + BigInt(i)}`);
  for (let i = 0; i < rentals; i += NUMBERS_PER_WRITE) {
    const rows = numbers
      .slice(i, i + NUMBERS_PER_WRITE)
      .map((e164) => ({ e164: e164 as E164, locality: null }));
    await store.write((db) => insertNumbers(db, pool.id, rows));
  }
  await store.write((db) =>
    insertProject(db, {
      id: PROJECT_ID,
      displayName: 'Bench',
      callbackSecret: 'secret',
      createdAt: clock.now(),
    }),
  );
  await rentNumber(context, CALLER, FIRST, {});
  await store.write(
    async (db) => {
      await db.run(
        `UPDATE number SET (state, holder_project_id) =
          (SELECT state, holder_project_id FROM number WHERE e164 = ?) WHERE e164 <> ?`,
        FIRST,
        FIRST,
      );
      for (const table of ['rental', 'charge', 'event']) {
        const columns = (await db.all<{ name: string }>(db.dialect.listColumns, table)).map(
          ({ name }) => name,
        );
        await db.run(
          `INSERT INTO ${table} (${columns.join(', ')})
          SELECT ${columns.map((column) => toCopy(column)).join(', ')}
          FROM ${table} AS first JOIN number ON number.e164 <> first.e164 WHERE first.e164 = ?`,
          FIRST,
        );
      }
    },
    { mayTakeLong: true },
  );
}

/** Ids of copies end in their number; those of charges are two to a number. */
function toCopy(column: string): string {
  if (column === 'e164') return 'number.e164';
  if (column === 'rental_id') return 'first.rental_id || number.e164';
  return column === 'id' ? 'first.id || number.e164' : `first.${column}`;
}

async function assertRenewedOnce(store: Store, rentals: number): Promise<void> {
  const [renewed] = await store.read((db) =>
    db.column<string>(
      `SELECT count(*) || ' ' || count(DISTINCT rental_id) FROM charge WHERE kind = 'PERIOD' AND period = 1`,
    ),
  );
  if (renewed !== `${rentals} ${rentals}`) throw new Error(`Not renewed once each: ${renewed}`);
}
