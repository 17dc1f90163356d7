import type { NumberState } from '../src/domain/number-state.ts';
import { stateCode } from '../src/domain/number-state.ts';
import type { PoolRequest } from '../src/app/create-pool.ts';

/** A pool of the stock, with what its numbers look like. */
export interface StockPool extends PoolRequest {
  /** The share of the stock, in percent. */
  share: number;
  callingCode: string;
  /** National digits before those that are spread. */
  prefixes: readonly string[];
  /** How many digits follow the prefix, and from which number on they are used. */
  restDigits: number;
  restFirst: number;
  /** 1: scattered numbers. 1000: whole blocks of a thousand, rented in hundreds. */
  blockSize: 1 | 1000;
}

const SOLD_FOR_DOLLARS = { currencyCode: 'USD', setupPrice: '0.50' } as const;

/** Area codes that people know by their towns, for searches by place. */
export const NEW_YORK = ['212', '646', '917', '332', '718', '347', '929'];
const WEST_COAST = ['213', '310', '323', '424', '818', '747', '415', '628', '510', '206', '253'];
const ELSEWHERE =
  '202 203 214 215 216 267 302 303 304 305 312 313 314 315 316 317 318 319 404 405 406 407'.split(
    ' ',
  );
const IN_BLOCKS =
  '401 402 409 412 414 417 419 480 502 503 504 505 507 508 512 513 515 517 518 601 602 603 605 606 607 608 609 612 614 615'.split(
    ' ',
  );

/** Regions, pools and number lengths mixed. Two pools share a region and a type, and differ in price and capabilities. */
export const POOLS: readonly StockPool[] = [
  {
    name: 'us-scattered',
    regionCode: 'US',
    type: 'LOCAL',
    capabilities: ['SMS', 'VOICE'],
    ...SOLD_FOR_DOLLARS,
    monthlyPrice: '1.00',
    share: 30,
    callingCode: '1',
    prefixes: [...NEW_YORK, ...WEST_COAST, ...ELSEWHERE],
    restDigits: 7,
    restFirst: 2_000_000,
    blockSize: 1,
  },
  {
    name: 'us-blocks',
    regionCode: 'US',
    type: 'LOCAL',
    capabilities: ['VOICE'],
    ...SOLD_FOR_DOLLARS,
    monthlyPrice: '0.80',
    share: 20,
    callingCode: '1',
    prefixes: IN_BLOCKS,
    restDigits: 7,
    restFirst: 2_000_000,
    blockSize: 1000,
  },
  {
    name: 'gb-mobile',
    regionCode: 'GB',
    type: 'MOBILE',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'GBP',
    setupPrice: '0.00',
    monthlyPrice: '1.20',
    share: 20,
    callingCode: '44',
    prefixes: ['7400', '7500', '7700', '7800'],
    restDigits: 6,
    restFirst: 0,
    blockSize: 1,
  },
  {
    name: 'de-local',
    regionCode: 'DE',
    type: 'LOCAL',
    capabilities: ['VOICE'],
    currencyCode: 'EUR',
    setupPrice: '0.00',
    monthlyPrice: '0.90',
    documentationRequired: true,
    share: 20,
    callingCode: '49',
    prefixes: ['30', '89', '221'],
    restDigits: 8,
    restFirst: 10_000_000,
    blockSize: 1,
  },
  {
    name: 'se-mobile',
    regionCode: 'SE',
    type: 'MOBILE',
    capabilities: ['SMS'],
    currencyCode: 'SEK',
    setupPrice: '0.00',
    monthlyPrice: '15.00',
    share: 10,
    callingCode: '46',
    prefixes: ['70', '72', '73', '76'],
    restDigits: 7,
    restFirst: 0,
    blockSize: 1,
  },
];

/** Numbers of one pool that share their first digits. */
export interface Stretch {
  pool: StockPool;
  /** With its plus sign. */
  prefix: string;
  count: number;
}

/** The stock of a size, in the order of the numbers, as an operator's sorted files would bring it. */
export function planStretches(size: number): Stretch[] {
  return POOLS.flatMap((pool) =>
    pool.prefixes.map((prefix) => ({
      pool,
      prefix: `+${pool.callingCode}${prefix}`,
      count: Math.floor((size * pool.share) / 100 / pool.prefixes.length),
    })),
  ).sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}

/** Of a hundred numbers so many are not available; the indexes have holes then, as in real life. */
const TAKEN: readonly [NumberState, number][] = [
  ['ACTIVE', 9],
  ['HELD', 2],
  ['QUARANTINED', 2],
];
const RENTED_TOGETHER = 100;
/** Sweeps leave alone what ends so late. */
const FAR_FUTURE = '2999-01-01T00:00:00.000000Z';

/**
 * A SELECT that makes the rows of a stretch, in their order, from `lines`: a table with the numbers from 0
 * to `count` − 1 in a column `i`. It is whole-number arithmetic alone, so every engine and every run makes
 * the same rows: the space is cut into as many cells as there are numbers or blocks, and each lies
 * somewhere in its cell. `reverse` must be known to the engine.
 */
export function selectRows(
  { pool, prefix, count }: Stretch,
  poolId: number,
  lines: string,
): string {
  const { blockSize, restDigits, restFirst } = pool;
  const cells = Math.ceil(count / blockSize);
  const cell = Math.floor((10 ** restDigits - restFirst) / blockSize / cells);
  const block = `i / ${blockSize}`;
  const rest = `${restFirst} + (${block} * ${cell} + ${scrambled(block)} % ${cell}) * ${blockSize} + i % ${blockSize}`;
  const chance = `${scrambled(blockSize === 1 ? 'i + 7' : `i / ${RENTED_TOGETHER} + 7`)} % 100`;
  let taken = 0;
  const states = TAKEN.map(
    ([state, share]) => `WHEN chance < ${(taken += share)} THEN ${stateCode(state)}`,
  );
  const [[, active]] = TAKEN as [[NumberState, number]];
  return `SELECT e164, reverse(e164), ${poolId}, CASE ${states.join(' ')} ELSE 0 END,
    CASE WHEN chance < ${taken} THEN 'bench' END,
    CASE WHEN chance >= ${active} AND chance < ${taken} THEN '${FAR_FUTURE}' END
    FROM (SELECT '${prefix}' || substr(CAST(${10 ** restDigits} + ${rest} AS TEXT), 2) AS e164,
      ${chance} AS chance FROM ${lines}) AS made`;
}

export const ROW_COLUMNS = 'e164, reversed, pool_id, state, holder_project_id, state_until';

/** A number from 0 to 1,048,575 that looks like chance. Knuth's multiplier; 64 bits hold the product. */
function scrambled(expression: string): string {
  return `((${expression}) * 2654435761 % 4294967296 / 4096)`;
}
