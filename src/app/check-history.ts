import type { Context } from '../context.ts';
import {
  applyStateChange,
  NEW_NUMBER,
  type RebuiltNumber,
  type StateChange,
} from '../domain/number-history.ts';
import { type EventTrace, listTraces } from '../store/event.ts';
import { listStandings, type NumberStanding } from '../store/number.ts';
import type { Reader } from '../store/store.ts';

/** Rows of one statement: a few hundred kilobytes. */
const ROWS_PER_READ = 5000;

/** A number whose history does not lead to what it is. */
export interface Difference {
  e164: string;
  description: string;
}

export interface HistoryCheck {
  numbers: number;
  events: number;
}

/**
 * Rebuilds the state, the holder and the tenant of every number from its history and compares them with what the
 * database says they are, all as of one moment.
 * @param report is told of each difference, in the order of the numbers.
 */
export function checkHistory(
  { store }: Pick<Context, 'store'>,
  report: (difference: Difference) => void,
): Promise<HistoryCheck> {
  return store.readSnapshot(async (db) => {
    const checked = { numbers: 0, events: 0 };
    const histories = new Histories(db);
    for (let after = ''; ;) {
      const numbers = await listStandings(db, after, ROWS_PER_READ);
      for (const number of numbers) {
        for (const lost of await histories.skipTo(number.e164)) report(notInStock(lost));
        for (const description of await checkNumber(number, histories, checked)) {
          report({ e164: number.e164, description });
        }
      }
      checked.numbers += numbers.length;
      const last = numbers.at(-1);
      if (last === undefined) break;
      after = last.e164;
    }
    for (const lost of await histories.skipTo()) report(notInStock(lost));
    return checked;
  });
}

async function checkNumber(
  number: NumberStanding,
  histories: Histories,
  checked: HistoryCheck,
): Promise<string[]> {
  let rebuilt: RebuiltNumber = NEW_NUMBER;
  let sequence = 0;
  const problems: string[] = [];
  for (const event of await histories.takeOf(number.e164)) {
    checked.events++;
    sequence++;
    if (event.sequence !== sequence) {
      problems.push(`event ${sequence} is missing before event ${event.sequence}`);
      ({ sequence } = event);
    }
    const applied = applyStateChange(rebuilt, toStateChange(event));
    if (typeof applied === 'string') {
      return [...problems, `event ${event.sequence} (${event.type}) ${applied}`];
    }
    rebuilt = applied;
  }
  return [...problems, ...compare(number, rebuilt)];
}

function compare(number: NumberStanding, rebuilt: RebuiltNumber): string[] {
  const problems: string[] = [];
  const isRented = rebuilt.state === 'ACTIVE' || rebuilt.state === 'RELEASING';
  const expected = {
    state: rebuilt.state,
    holder: rebuilt.holderProjectId,
    tenant: isRented ? rebuilt.holderProjectId : null,
  };
  const { state, holderProjectId: holder, tenantProjectId: tenant } = number;
  const actual = { state, holder, tenant };
  for (const what of ['state', 'holder', 'tenant'] as const) {
    if (actual[what] === expected[what]) continue;
    problems.push(
      `its ${what} is ${actual[what] ?? 'nobody'}, and by its history ${expected[what] ?? 'nobody'}`,
    );
  }
  return problems;
}

function toStateChange({ details, projectId }: EventTrace): StateChange {
  const { from, to } = JSON.parse(details) as { from?: string; to?: string };
  return { from, to, projectId };
}

function notInStock(e164: string): Difference {
  return { e164, description: 'it has a history and is not in stock' };
}

/** All events, read once, number by number. */
class Histories {
  readonly #db: Reader;
  #read: EventTrace[] = [];
  #next = 0;
  #isAtEnd = false;

  constructor(db: Reader) {
    this.#db = db;
  }

  /** The events of a number that comes behind all those asked for so far. */
  async takeOf(e164: string): Promise<EventTrace[]> {
    const events: EventTrace[] = [];
    for (let event = await this.#peek(); event?.e164 === e164; event = await this.#peek()) {
      events.push(event);
      this.#next++;
    }
    return events;
  }

  /** Passes by the events before a number, or all that are left. @returns whose they were. */
  async skipTo(e164 = END): Promise<string[]> {
    const skipped = new Set<string>();
    for (;;) {
      const event = await this.#peek();
      if (event === undefined || event.e164 >= e164) return [...skipped];
      skipped.add(event.e164);
      this.#next++;
    }
  }

  async #peek(): Promise<EventTrace | undefined> {
    if (this.#next === this.#read.length && !this.#isAtEnd) {
      const last = this.#read.at(-1) ?? { e164: '', sequence: 0 };
      this.#read = await listTraces(this.#db, last, ROWS_PER_READ);
      this.#isAtEnd = this.#read.length < ROWS_PER_READ;
      this.#next = 0;
    }
    return this.#read[this.#next];
  }
}

/** Behind every number. */
const END = ':';
