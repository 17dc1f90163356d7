import type { Command } from 'commander';

import { countStock } from '../app/count-stock.ts';
import { createPool } from '../app/create-pool.ts';
import { formatAmount } from '../domain/money.ts';
import { NUMBER_STATES, type NumberState } from '../domain/number-state.ts';
import type { Pool } from '../domain/pool.ts';
import { listPools } from '../store/pool.ts';
import { withDatabase } from './database.ts';
import { namingOptions } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags, parseWholeNumber } from './flags.ts';
import { formatCount, formatTable } from './table.ts';

/** A longer name stands in a line of its own, so that the table stays within 100 columns. */
const NAME_LENGTH_MAX = 28;

export function addPoolCommands(program: Command): void {
  const pool = program
    .command('pool')
    .description('Make and list pools: numbers that share region, type and price.');
  addDatabaseOptions(
    pool
      .command('create')
      .description('Make an empty pool. Fill it with "numberyard import".')
      .argument('<name>', 'lower-case letters, digits and dashes')
      .requiredOption('--region <code>', 'US, GB and so on')
      .requiredOption('--type <type>', 'MOBILE, LOCAL or TOLL_FREE')
      .requiredOption('--capabilities <list>', 'SMS, VOICE or SMS,VOICE')
      .requiredOption('--currency <code>', 'of the prices: USD, EUR and so on')
      .requiredOption('--setup-price <amount>', 'charged once, when a number is rented')
      .requiredOption('--monthly-price <amount>', 'a month, charged in advance')
      .option('--interval-months <n>', 'months that are charged together', parseWholeNumber, 1)
      .option('--documentation-required', 'customers have to bring documents')
      .option('--emergency-addresses', 'the numbers can have an emergency address')
      .option(
        '--quarantine-days <n>',
        'days that a released number rests (default: by region and type)',
        parseWholeNumber,
      )
      .option('--visible-to <project...>', 'only for these projects (default: for all)'),
  ).action(create);
  addDatabaseOptions(
    pool
      .command('list')
      .description('List the pools, and how many numbers of each are in which state.')
      .option('--json', 'for programs'),
  ).action(list);
}

interface CreateFlags extends ConfigFlags {
  region: string;
  type: string;
  capabilities: string;
  currency: string;
  setupPrice: string;
  monthlyPrice: string;
  intervalMonths: number;
  documentationRequired?: boolean;
  emergencyAddresses?: boolean;
  quarantineDays?: number;
  visibleTo?: string[];
}

/** How `pool create` calls the fields of a PoolRequest. */
const OPTION_OF = {
  name: 'The name',
  regionCode: '--region',
  type: '--type',
  capabilities: '--capabilities',
  currencyCode: '--currency',
  setupPrice: '--setup-price',
  monthlyPrice: '--monthly-price',
  paymentIntervalMonths: '--interval-months',
  emergencyAddresses: '--emergency-addresses',
  quarantineDays: '--quarantine-days',
  visibleTo: '--visible-to',
};

async function create(name: string, flags: CreateFlags): Promise<void> {
  const pool = await withDatabase(flags, (context) =>
    namingOptions(OPTION_OF, () =>
      createPool(context, {
        name,
        regionCode: flags.region.toUpperCase(),
        type: flags.type.toUpperCase(),
        capabilities: flags.capabilities
          .toUpperCase()
          .split(',')
          .map((text) => text.trim()),
        currencyCode: flags.currency.toUpperCase(),
        setupPrice: flags.setupPrice,
        monthlyPrice: flags.monthlyPrice,
        paymentIntervalMonths: flags.intervalMonths,
        documentationRequired: flags.documentationRequired,
        emergencyAddresses: flags.emergencyAddresses,
        quarantineDays: flags.quarantineDays,
        visibleTo: flags.visibleTo,
      }),
    ),
  );
  console.log(
    `Made the pool ${pool.name}. Fill it: numberyard import FILE.csv --pool ${pool.name}`,
  );
}

type StockOfPool = Partial<Record<NumberState, number>>;

async function list(flags: ConfigFlags & { json?: boolean }): Promise<void> {
  const [pools, counts] = await withDatabase(flags, async ({ store }) => [
    await store.read(listPools),
    await countStock(store),
  ]);
  const stockOf = ({ id }: Pool): StockOfPool =>
    Object.fromEntries(
      counts.filter(({ poolId }) => poolId === id).map(({ state, count }) => [state, count]),
    );
  if (flags.json === true) {
    const described = pools.map((pool) => describePool(pool, stockOf(pool)));
    console.log(JSON.stringify(described, null, 2));
  } else if (pools.length === 0) {
    console.log('There are no pools: make one with "numberyard pool create".');
  } else {
    const rows = pools.flatMap((pool) => toTableRows(pool, stockOf(pool)));
    console.log(formatTable(TABLE_HEADER, rows, ['SETUP', 'MONTHLY', 'STOCK']));
  }
}

const TABLE_HEADER = ['NAME', 'SELLS', 'WITH', 'SETUP', 'MONTHLY', 'STOCK', 'STATE'];

function toTableRows(pool: Pool, stock: StockOfPool): string[][] {
  const { name, currencyCode, paymentIntervalMonths, visibleTo } = pool;
  const isLong = name.length > NAME_LENGTH_MAX;
  const about = isLong ? [] : [name];
  const features: string[] = [pool.capabilities.join(',')];
  if (pool.emergencyAddresses) features.push('emergency');
  if (visibleTo !== undefined) {
    about.push(`  for ${visibleTo.size} project${visibleTo.size === 1 ? '' : 's'}`);
  }
  const monthly = [`${formatAmount(pool.monthlyPriceMinor, currencyCode)} ${currencyCode}`];
  if (paymentIntervalMonths > 1) monthly.push(`every ${paymentIntervalMonths} months`);
  const states = NUMBER_STATES.filter((state) => state === 'AVAILABLE' || stock[state]);
  const row = [
    about.join('\n'),
    `${pool.regionCode} ${pool.type}`,
    features.join('\n'),
    formatAmount(pool.setupPriceMinor, currencyCode),
    monthly.join('\n'),
    states.map((state) => formatCount(stock[state] ?? 0)).join('\n'),
    states.join('\n'),
  ];
  return isLong ? [[name], row] : [row];
}

function describePool(pool: Pool, stock: StockOfPool): object {
  return {
    name: pool.name,
    regionCode: pool.regionCode,
    type: pool.type,
    capabilities: pool.capabilities,
    currencyCode: pool.currencyCode,
    setupPrice: formatAmount(pool.setupPriceMinor, pool.currencyCode),
    monthlyPrice: formatAmount(pool.monthlyPriceMinor, pool.currencyCode),
    paymentIntervalMonths: pool.paymentIntervalMonths,
    documentationRequired: pool.documentationRequired,
    emergencyAddresses: pool.emergencyAddresses,
    quarantineDays: pool.quarantineDays ?? null,
    visibleTo: pool.visibleTo === undefined ? null : [...pool.visibleTo].toSorted(),
    stock: Object.fromEntries(NUMBER_STATES.map((state) => [state, stock[state] ?? 0])),
  };
}
