import type { Command } from 'commander';

import { recallNumber } from '../app/recall-number.ts';
import { retireNumber } from '../app/retire-number.ts';
import { type E164, parseE164 } from '../domain/phone-number.ts';
import { listEvents } from '../store/event.ts';
import { findNumber } from '../store/number.ts';
import { withDatabase } from './database.ts';
import { CommandError } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatTable } from './table.ts';

/** How many events `number history` shows, the newest ones. */
const EVENTS_MAX = 200;

export function addNumberCommands(program: Command): void {
  const number = program
    .command('number')
    .description(
      "Look at a number's history, give it back to its last holder, or take it out of stock.",
    );
  addDatabaseOptions(
    number
      .command('history')
      .description('Show what has happened to a number, under all its holders.')
      .argument('<number>', 'in E.164 format, such as +12025550134')
      .option('--json', 'for programs'),
  ).action(showHistory);
  addDatabaseOptions(
    number
      .command('recall')
      .description(
        'Give a released number back to its last holder, also after its paid period: then at the old price and without a setup charge.',
      )
      .argument('<number>', 'in E.164 format, such as +12025550134'),
  ).action(recall);
  addDatabaseOptions(
    number
      .command('retire')
      .description(
        'Take a number out of stock for good, because it was ported away or given back. Nobody may have it.',
      )
      .argument('<number>', 'in E.164 format, such as +12025550134'),
  ).action(retire);
}

async function retire(text: string, flags: ConfigFlags): Promise<void> {
  const e164 = readNumber(text);
  await withDatabase(flags, (context) => retireNumber(context, e164));
  console.log(`${e164} is out of stock for good.`);
}

async function recall(text: string, flags: ConfigFlags): Promise<void> {
  const e164 = readNumber(text);
  const number = await withDatabase(flags, (context) => recallNumber(context, e164));
  console.log(
    `${e164} is with ${number.projectId} again. Its next charge is on ${number.nextChargeAt.slice(0, 10)}.`,
  );
}

async function showHistory(text: string, flags: ConfigFlags & { json?: boolean }): Promise<void> {
  const e164 = readNumber(text);
  const events = await withDatabase(flags, ({ store }) =>
    store.read(async (db) => {
      if ((await findNumber(db, e164)) === undefined) {
        throw new CommandError(`${e164} is not in stock.`);
      }
      return listEvents(db, e164, EVENTS_MAX);
    }),
  );
  if (flags.json === true) {
    const shown = events.map((event) => ({
      ...event,
      details: JSON.parse(event.details) as unknown,
    }));
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  if (events.length === 0) {
    console.log(`Nothing has happened to ${e164} since it came into stock.`);
    return;
  }
  const rows = events
    .toReversed()
    .map(({ createdAt, type, projectId, actor, details }) => [
      createdAt.slice(0, 19).replace('T', ' '),
      type,
      toStates(details),
      projectId ?? '',
      actor,
    ]);
  console.log(formatTable(['WHEN (UTC)', 'WHAT', 'STATE', 'PROJECT', 'BY'], rows));
}

function toStates(details: string): string {
  const { from, to } = JSON.parse(details) as { from?: string; to?: string };
  return from === undefined || to === undefined ? '' : `${from} → ${to}`;
}

function readNumber(text: string): E164 {
  const e164 = parseE164(text);
  if (e164 === undefined) {
    throw new CommandError(`"${text}" is not a number in E.164 format, such as +12025550134.`);
  }
  return e164;
}
