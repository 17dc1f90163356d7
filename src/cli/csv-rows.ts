import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { CsvError, type Parser, parse } from 'csv-parse';

import type { ImportRow } from '../app/import-numbers.ts';
import { CommandError } from './failure.ts';

/** A row longer than this is not a number and a place: a quote is missing. */
const ROW_BYTES_MAX = 10_000;
/** The first line must end within this. */
const HEAD_BYTES_MAX = 64 * 1024;

const DELIMITERS = [',', ';', '\t'];

/** How a header may name the columns, in lower case and letters and digits only. */
const PHONE_NUMBER_NAMES = [
  'phonenumber',
  'phone',
  'number',
  'e164',
  'msisdn',
  'did',
  'telephone',
  'telephonenumber',
];
const LOCALITY_NAMES = ['locality', 'city', 'place', 'town', 'ratecenter', 'ratecentre'];

/**
 * Reads a CSV file: a phone number and, optionally, a locality, in this order unless a header says
 * otherwise. Rows come in lists, as many as are there at once. Empty rows are passed over.
 * @throws CommandError that names the line where the file stops being CSV.
 */
export async function* readRows(source: Readable): AsyncGenerator<ImportRow[]> {
  const chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const head = await readHead(chunks);
  refuseOtherFormats(head);
  let lastLine = 0;
  const parser = parse({
    bom: true,
    delimiter: findDelimiter(head),
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: ROW_BYTES_MAX,
    // A record is a list of texts, so its line goes in front of it as one more.
    on_record(cells: string[], { lines }) {
      lastLine = lines;
      return [String(lines), ...cells];
    },
  });
  const flow = pipeline(Readable.from(joined(head, chunks), { objectMode: false }), parser);
  // The parser fails with the same error, and that is where it is caught.
  flow.catch(() => undefined);

  let columns: Columns | undefined;
  try {
    for await (const records of recordLists(parser)) {
      const rows: ImportRow[] = [];
      for (const cells of records) {
        if (columns === undefined) {
          columns = findColumns(cells.slice(1));
          if (columns.isHeader) continue;
        }
        rows.push({
          line: Number(cells[0]),
          phoneNumber: cells[columns.phoneNumber + 1] ?? '',
          locality: columns.locality === -1 ? '' : (cells[columns.locality + 1] ?? ''),
        });
      }
      yield rows;
    }
  } catch (error) {
    throw error instanceof CsvError ? explainCsvError(error, lastLine) : error;
  }
}

/** All records that are there at once: a step from one to the next would cost more than to read it. */
async function* recordLists(parser: Parser): AsyncGenerator<string[][]> {
  for await (const first of parser as AsyncIterable<string[]>) {
    const records = [first];
    for (let next: unknown = parser.read(); next !== null; next = parser.read()) {
      records.push(next as string[]);
    }
    yield records;
  }
}

interface Columns {
  isHeader: boolean;
  phoneNumber: number;
  /** -1: there is none. */
  locality: number;
}

/** The first row is a header when it names the column of the phone numbers. */
function findColumns(firstRow: readonly string[]): Columns {
  const names = firstRow.map((cell) => cell.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const phoneNumber = names.findIndex((name) => PHONE_NUMBER_NAMES.includes(name));
  if (phoneNumber === -1) return { isHeader: false, phoneNumber: 0, locality: 1 };
  const locality = names.findIndex((name) => LOCALITY_NAMES.includes(name));
  return { isHeader: true, phoneNumber, locality };
}

async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES_MAX && !parts.at(-1)?.includes('\n')) {
    const next = await chunks.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.length;
  }
  return Buffer.concat(parts);
}

async function* joined(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    yield next.value;
  }
}

/** The one that the first line has most of; a comma when it has none. */
function findDelimiter(head: Buffer): string {
  const [firstLine = ''] = head.toString('latin1').split(/[\r\n]/, 1);
  const counts = DELIMITERS.map((delimiter) => firstLine.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

function refuseOtherFormats(head: Buffer): void {
  const magic = head.toString('latin1', 0, 4);
  if (magic.startsWith('\x1f\x8b')) {
    throw new CommandError(
      'The file is compressed. Unpack it first: gunzip -c FILE.gz | numberyard import - --pool NAME',
    );
  }
  if (magic === 'PK\x03\x04') {
    throw new CommandError('The file is a spreadsheet or an archive: save it as CSV first.');
  }
}

function explainCsvError(error: CsvError, lastLine: number): CommandError {
  const after = lastLine === 0 ? 'From the first line on' : `Behind line ${lastLine}`;
  const what =
    error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quote is opened and not closed'
      : 'the file is not CSV';
  return new CommandError(
    `${after}, ${what}. Mend it and import the file again: what is in stock by now stays and is not added twice.`,
  );
}
