import { writeFile } from 'node:fs/promises';

import { Argument, type Command, Option } from 'commander';

import { AccountCatalog } from '../app/account-catalog.ts';
import { LimitCatalog } from '../app/limit-catalog.ts';
import { viewOrderForReview } from '../app/order-for-review.ts';
import { PoolCatalog } from '../app/pool-catalog.ts';
import { type Review, reviewNumberOrder } from '../app/review-number-order.ts';
import { loadNumberOrderConfig } from '../config.ts';
import { NUMBER_ORDER_STATES, type NumberOrderState } from '../domain/number-order.ts';
import type { NumberOrder } from '../store/number-order.ts';
import { listNumberOrdersInState } from '../store/number-order.ts';
import { readOrderAttachment } from '../store/order-attachment.ts';
import { withDatabase } from './database.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags, readConfig } from './flags.ts';
import { formatCount, formatTable } from './table.ts';

/** More than anybody reads at a time. */
const ORDERS_MAX = 200;

const REVIEWER = { actor: 'operator', requestId: null };

/** Reviewing number orders on the command line. */
export function addOrderCommands(program: Command): void {
  const order = program
    .command('order')
    .description(
      'Review number orders: what clients have sent for numbers that require documents.',
    );
  addDatabaseOptions(
    order
      .command('list')
      .description('List orders in a state, those that have waited the longest first.')
      .addOption(
        new Option('--state <state>', 'which ones')
          .choices(NUMBER_ORDER_STATES)
          .default('IN_REVIEW'),
      ),
  ).action(list);
  addDatabaseOptions(
    order
      .command('show')
      .description('Show an order with its registration, or save one of its attachments.')
      .addArgument(orderArgument())
      .option('--attachment <id>', 'the attachment to save')
      .option('--output <file>', 'where to save it'),
  ).action(show);
  addReview(order, 'approve', 'Rent all numbers of an order to its project.', toApproval);
  addReview(
    order,
    'reject',
    'Refuse an order for good, and free its numbers.',
    toRefusal('REJECTED'),
  );
  addReview(
    order,
    'block',
    'Give an order back to its client, to mend it and submit it again.',
    toRefusal('BLOCKED'),
  );
}

function orderArgument(): Argument {
  return new Argument('<order>', 'the id of the order');
}

interface ReviewFlags extends ConfigFlags {
  reason?: string;
}

function addReview(
  order: Command,
  name: string,
  description: string,
  toReview: (reason: string) => Review,
): void {
  const command = order
    .command(name)
    .description(description)
    .addArgument(orderArgument())
    .option('--reason <text>', 'what the client is told; needed unless it is approved');
  addDatabaseOptions(command).action(async (id: string, flags: ReviewFlags) => {
    const reviewed = await review(id, toReview(flags.reason ?? ''), flags);
    console.log(`The order ${reviewed.id} of ${reviewed.projectId} is ${reviewed.state}.`);
  });
}

function toApproval(reason: string): Review {
  return { outcome: 'COMPLETED', reason };
}

function toRefusal(outcome: 'REJECTED' | 'BLOCKED'): (reason: string) => Review {
  return (reason) => ({ outcome, reason });
}

function review(id: string, decided: Review, flags: ConfigFlags): Promise<NumberOrder> {
  const numberOrder = readConfig(flags, loadNumberOrderConfig);
  return withDatabase(flags, (context) => {
    const { store } = context;
    const catalogs = {
      pools: new PoolCatalog(store),
      limits: new LimitCatalog(store),
      accounts: new AccountCatalog(store),
    };
    return reviewNumberOrder(
      { ...context, ...catalogs, config: { numberOrder } },
      id,
      decided,
      REVIEWER,
    );
  });
}

async function list(flags: ConfigFlags & { state: NumberOrderState }): Promise<void> {
  const orders = await withDatabase(flags, ({ store }) =>
    store.read((db) => listNumberOrdersInState(db, flags.state, ORDERS_MAX)),
  );
  if (orders.length === 0) {
    console.log(`No order is ${flags.state}.`);
    return;
  }
  const rows = orders.map(({ id, projectId, regionCode, numberType, updatedAt }) => [
    id,
    projectId,
    `${regionCode} ${numberType}`,
    updatedAt.slice(0, 19).replace('T', ' '),
  ]);
  console.log(formatTable(['ORDER', 'PROJECT', 'NUMBERS', 'SINCE (UTC)'], rows));
}

interface ShowFlags extends ConfigFlags {
  attachment?: string;
  output?: string;
}

async function show(id: string, flags: ShowFlags): Promise<void> {
  if ((flags.attachment === undefined) !== (flags.output === undefined)) {
    throw new CommandError('--attachment and --output go together.');
  }
  await withDatabase(flags, async ({ store }) => {
    const { view, registration } = await viewOrderForReview(
      { store, pools: new PoolCatalog(store) },
      id,
    );
    const { attachment: attachmentId, output } = flags;
    if (attachmentId === undefined || output === undefined) {
      console.log(describeOrder(view.order, view.numbers, registration));
      return;
    }
    if (!registration.attachments.some((each) => each.attachmentId === attachmentId)) {
      throw new CommandError(`The order has no attachment ${attachmentId}.`);
    }
    const { projectId } = view.order;
    const content = await store.read((db) =>
      readOrderAttachment(db, projectId, view.order.id, attachmentId),
    );
    await writeFile(output, content, { flag: 'wx' });
    console.log(`Saved ${formatCount(content.length)} bytes as ${output}.`);
  });
}

/** As JSON, because what clients fill in is theirs: in a table it could pass for something else. */
function describeOrder(
  order: NumberOrder,
  numbers: readonly { e164: string; pool: { name: string } }[],
  registration: object,
): string {
  const {
    request,
    registration: _text,
    dataKeptSince: _since,
    dataDeletedAt: _at,
    ...facts
  } = order;
  const shown = {
    ...facts,
    request: JSON.parse(request) as unknown,
    numbers: numbers.map(({ e164, pool }) => ({ phoneNumber: e164, pool: pool.name })),
    ...registration,
  };
  return JSON.stringify(shown, null, 2);
}
