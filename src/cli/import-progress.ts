import { SingleBar } from 'cli-progress';

import type { ImportCounts } from '../app/import-numbers.ts';
import { formatCount } from './table.ts';

/** Seldom enough for a log file. */
const LINE_INTERVAL_MS = 10_000;
const PERCENT = 100;

export interface ImportProgress extends Disposable {
  /** @param bytesRead of the file, `undefined` when nobody knows its size. */
  update(counts: Readonly<ImportCounts>, bytesRead: number): void;
}

/**
 * Shows how far an import is, on standard error: a bar on a terminal, else a line now and then.
 * @param bytes size of the file; `undefined` for standard input.
 */
export function showImportProgress(bytes: number | undefined): ImportProgress {
  return process.stderr.isTTY ? showBar(bytes) : writeLines(bytes);
}

function showBar(bytes: number | undefined): ImportProgress {
  const rows = '{rows} rows, {perSecond} a second';
  const bar = new SingleBar({
    format: bytes === undefined ? `  ${rows}` : `  {bar} {percentage}%  ${rows}`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The import command decides what an interrupt does.
    gracefulExit: false,
  });
  const startedAt = performance.now();
  bar.start(bytes ?? 0, 0, { rows: 0, perSecond: 0 });
  return {
    update({ read }, bytesRead) {
      const seconds = (performance.now() - startedAt) / 1000;
      bar.update(bytesRead, {
        rows: formatCount(read),
        perSecond: formatCount(Math.round(read / seconds)),
      });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

function writeLines(bytes: number | undefined): ImportProgress {
  let writtenAt = performance.now();
  return {
    update({ read }, bytesRead) {
      if (performance.now() - writtenAt < LINE_INTERVAL_MS) return;
      writtenAt = performance.now();
      const share = bytes === undefined ? '' : `, ${Math.floor((bytesRead / bytes) * PERCENT)}%`;
      console.error(`${formatCount(read)} rows read${share}`);
    },
    [Symbol.dispose]: () => undefined,
  };
}
