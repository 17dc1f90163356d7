import type { Context } from '../context.ts';
import type { NumberState } from '../domain/number-state.ts';
import { type E164, toE164 } from '../domain/phone-number.ts';
import type { Pool } from '../domain/pool.ts';
import { createRegionFinder, type RegionFinder } from '../domain/region.ts';
import {
  analyzeNumbers,
  type ImportedNumber,
  insertNumbers,
  listInStock,
} from '../store/number.ts';
import { widenPoolDigits } from '../store/pool.ts';
import { SeenNumbers } from '../store/seen-numbers.ts';

/**
 * Measured with 2,000, 5,000 and 10,000: 28, 51 and 57 thousand rows a second. More would let a server on
 * the same database wait longer for its turn; this is about a tenth of a second.
 */
const ROWS_PER_WRITE = 5000;
const LOCALITY_LENGTH_MAX = 100;

/** One row of a file, as it was written there. */
export interface ImportRow {
  /** In the file, counted from 1. */
  line: number;
  phoneNumber: string;
  /** Empty when there is none. */
  locality: string;
}

/** A row that added nothing. */
export interface ImportProblem {
  line: number;
  phoneNumber: string;
  kind: 'BAD' | 'TWICE_IN_FILE' | 'IN_THIS_POOL' | 'IN_OTHER_POOL';
  /** Follows the number in a sentence: "belongs to CA, not US". */
  reason: string;
}

export interface ImportCounts {
  read: number;
  added: number;
  /** In stock already, in this pool or another, or twice in the file. */
  duplicate: number;
  bad: number;
}

export interface ImportOptions {
  /** Changes nothing, and reports what would happen. */
  dryRun: boolean;
  /** Called for each problem, in the order of the file. */
  onProblem(problem: ImportProblem): void;
  /** Called after each batch. */
  onProgress?(counts: Readonly<ImportCounts>): void;
}

/**
 * Adds the numbers of a file to a pool, a batch per transaction. Numbers that are in stock stay as they
 * are, so it can be repeated after an interruption or with a longer file. Needs the same memory for ten
 * rows as for ten million.
 */
export async function importNumbers(
  deps: Pick<Context, 'store'>,
  pool: Pool,
  rows: AsyncIterable<readonly ImportRow[]>,
  options: ImportOptions,
): Promise<ImportCounts> {
  using seen = new SeenNumbers();
  const findMismatch = createRegionFinder();
  const counts: ImportCounts = { read: 0, added: 0, duplicate: 0, bad: 0 };
  for await (const batch of inBatches(rows)) {
    const problems: ImportProblem[] = [];
    const valid = readBatch(batch, pool, findMismatch, problems);
    seen.note(valid);
    const left = options.dryRun ? valid : await addToStock(deps, pool, valid);
    const fresh = leaveOutSeen(seen, left, problems);
    const inStock = await findInStock(deps, fresh);
    for (const row of fresh) {
      const place = inStock.get(row.e164);
      if (place !== undefined) problems.push(toStockProblem(row, pool, place));
    }
    counts.added += valid.length - left.length + fresh.length - inStock.size;
    counts.read += batch.length;
    for (const problem of problems.toSorted((a, b) => a.line - b.line)) {
      counts[problem.kind === 'BAD' ? 'bad' : 'duplicate']++;
      options.onProblem(problem);
    }
    options.onProgress?.(counts);
  }
  if (counts.added > 0 && !options.dryRun) await deps.store.write(analyzeNumbers);
  return counts;
}

interface ValidRow extends ImportedNumber {
  /** As the file has it. */
  line: number;
  phoneNumber: string;
}

type StockPlaces = Map<E164, { poolName: string; state: NumberState }>;

async function* inBatches(lists: AsyncIterable<readonly ImportRow[]>): AsyncGenerator<ImportRow[]> {
  let batch: ImportRow[] = [];
  for await (const list of lists) {
    for (const row of list) {
      batch.push(row);
      if (batch.length < ROWS_PER_WRITE) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function readBatch(
  batch: readonly ImportRow[],
  pool: Pool,
  findMismatch: RegionFinder,
  problems: ImportProblem[],
): ValidRow[] {
  const valid: ValidRow[] = [];
  for (const row of batch) {
    const read = readRow(row, pool.regionCode, findMismatch);
    if (typeof read === 'string') problems.push(toProblem(row, 'BAD', read));
    else valid.push(read);
  }
  return valid;
}

/** @returns the row, or what is wrong with it. */
function readRow(
  row: ImportRow,
  regionCode: string,
  findMismatch: RegionFinder,
): ValidRow | string {
  const text = row.phoneNumber.trim();
  const e164 = toE164(text, regionCode);
  if (e164 === undefined) return explainUnreadable(text, regionCode);
  const mismatch = findMismatch(e164, regionCode);
  if (mismatch !== undefined) return mismatch;

  const locality = row.locality.trim();
  if (locality.length > LOCALITY_LENGTH_MAX) {
    return `has a locality of more than ${LOCALITY_LENGTH_MAX} characters`;
  }
  // Control characters are no text, and U+FFFD is what decoding puts in the place of bytes that it cannot read.
  if (/[\p{Cc}\uFFFD]/u.test(locality)) return 'has a locality with characters that cannot be read';
  const { line, phoneNumber } = row;
  return { e164, locality: locality === '' ? null : locality, line, phoneNumber };
}

function explainUnreadable(text: string, regionCode: string): string {
  if (text === '') return 'is missing';
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(text)) {
    return 'was cut short by a spreadsheet: format the column as text there and export it again';
  }
  return `is not a phone number of ${regionCode}`;
}

/** Passes on each number the first time that the file brings it. */
function leaveOutSeen(
  seen: SeenNumbers,
  rows: readonly ValidRow[],
  problems: ImportProblem[],
): ValidRow[] {
  if (rows.length === 0) return [];
  const firstLines = seen.findEarlier(rows);
  return rows.filter((row) => {
    const firstLine = firstLines.get(row.line);
    if (firstLine === undefined) return true;
    problems.push(toProblem(row, 'TWICE_IN_FILE', `is in the file already, on line ${firstLine}`));
    return false;
  });
}

function findInStock(
  deps: Pick<Context, 'store'>,
  rows: readonly ValidRow[],
): Promise<StockPlaces> {
  if (rows.length === 0) return Promise.resolve(new Map());
  return deps.store.read((db) =>
    listInStock(
      db,
      rows.map(({ e164 }) => e164),
    ),
  );
}

/** @returns the rows that added nothing: in stock before, or a second time in the batch. */
async function addToStock(
  deps: Pick<Context, 'store'>,
  pool: Pool,
  rows: readonly ValidRow[],
): Promise<ValidRow[]> {
  if (rows.length === 0) return [];
  const inserted = await deps.store.write(async (db) => {
    const e164s = await insertNumbers(db, pool.id, rows);
    if (e164s.length > 0) {
      const lengths = new Set(e164s.map((e164) => e164.length - 1));
      await widenPoolDigits(db, pool.id, Math.min(...lengths), Math.max(...lengths));
    }
    return e164s;
  });
  if (inserted.length === rows.length) return [];
  const added = new Set(inserted);
  return rows.filter(({ e164 }) => !added.delete(e164));
}

function toStockProblem(
  row: ValidRow,
  pool: Pool,
  { poolName, state }: { poolName: string; state: NumberState },
): ImportProblem {
  return poolName === pool.name
    ? toProblem(row, 'IN_THIS_POOL', `is in this pool already (${state})`)
    : toProblem(row, 'IN_OTHER_POOL', `is in the pool ${poolName} already (${state})`);
}

function toProblem(
  { line, phoneNumber }: Pick<ImportRow, 'line' | 'phoneNumber'>,
  kind: ImportProblem['kind'],
  reason: string,
): ImportProblem {
  return { line, phoneNumber, kind, reason };
}
