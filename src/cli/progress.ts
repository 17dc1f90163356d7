import { SingleBar } from 'cli-progress';

import { formatCount } from './table.ts';

/** Seldom enough for a log file. */
const LINE_INTERVAL_MS = 10_000;
const PERCENT = 100;

export interface ProgressState {
  /** What is counted, and what is done to it: "rows read". Another one begins a new bar. */
  what: string;
  count: number;
  /** How far it is, and what that comes to in the end: `undefined` when nobody knows. */
  done: number;
  total: number | undefined;
}

export interface Progress extends Disposable {
  update(state: ProgressState): void;
}

/** Shows how far a long command is, on standard error: a bar on a terminal, else a line now and then. */
export function showProgress(): Progress {
  return process.stderr.isTTY ? new Bars() : new Lines();
}

class Bars implements Progress {
  #bar: SingleBar | undefined;
  /** Where the bar began: a copy that goes on was not fast with what was there. */
  #first: { what: string; count: number; at: number } | undefined;

  update({ what, count, done, total }: ProgressState): void {
    if (this.#bar === undefined || this.#first?.what !== what) {
      this.#bar?.stop();
      this.#bar = startBar(what, total);
      this.#first = { what, count, at: performance.now() };
    }
    const seconds = (performance.now() - this.#first.at) / 1000;
    const perSecond = seconds > 0 ? Math.round((count - this.#first.count) / seconds) : 0;
    this.#bar.update(done, { counted: formatCount(count), perSecond: formatCount(perSecond) });
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }
}

function startBar(what: string, total: number | undefined): SingleBar {
  const counted = `{counted} ${what}, {perSecond} a second`;
  const bar = new SingleBar({
    format: total === undefined ? `  ${counted}` : `  {bar} {percentage}%  ${counted}`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The command decides what an interrupt does.
    gracefulExit: false,
  });
  bar.start(total ?? 0, 0, { counted: 0, perSecond: 0 });
  return bar;
}

class Lines implements Progress {
  #writtenAt = performance.now();

  update({ what, count, done, total }: ProgressState): void {
    if (performance.now() - this.#writtenAt < LINE_INTERVAL_MS) return;
    this.#writtenAt = performance.now();
    const share = total === undefined ? '' : `, ${Math.floor((done / total) * PERCENT)}%`;
    console.error(`${formatCount(count)} ${what}${share}`);
  }

  [Symbol.dispose](): void {
    // A line is whole as soon as it is written.
  }
}
