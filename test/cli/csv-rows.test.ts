import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';

import { readRows } from '../../src/cli/csv-rows.ts';

test('rows have the line where they end, whatever ends a line', async () => {
  const text = '+1,a\r\n\n+2,b\r+3,"c\nd"\n,,\n  +4 , e \n+5';
  assert.deepEqual(await readAll(Buffer.from(text)), [
    { line: 1, phoneNumber: '+1', locality: 'a' },
    { line: 3, phoneNumber: '+2', locality: 'b' },
    { line: 5, phoneNumber: '+3', locality: 'c\nd' },
    { line: 7, phoneNumber: '+4', locality: 'e' },
    { line: 8, phoneNumber: '+5', locality: '' },
  ]);
});

const WRITTEN: [string, string][] = [
  ['"Queens, NY"', 'Queens, NY'],
  ['"the ""Big"" Apple" ', 'the "Big" Apple'],
  ['""', ''],
  ['  " a "', ' a '],
  ['Land"s End', 'Land"s End'],
  ['5" pipe', '5" pipe'],
  ['"two\nlines"', 'two\nlines'],
];
for (const [text, locality] of WRITTEN) {
  test(`a locality may be written ${JSON.stringify(text)}`, async () => {
    const bytes = Buffer.from(`+1,${text}\n+2,b`);
    for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const read = await readAll(...pieces);
      const lines = text.split('\n').length;
      assert.deepEqual(read, [
        { line: lines, phoneNumber: '+1', locality },
        { line: lines + 1, phoneNumber: '+2', locality: 'b' },
      ]);
    }
  });
}

test('a quote that is never closed is an error that names the line before', async () => {
  const unclosed = '+1,a\n+2,"b\n';
  const far = `${unclosed}${'+3,c\n'.repeat(4000)}+4,"d"\n`;
  for (const text of [unclosed, far]) {
    await assert.rejects(readAll(Buffer.from(text)), /^CommandError: Behind line 1, a quote is/);
  }
  await assert.rejects(readAll(Buffer.from('"')), /From the first line on, a quote is opened/);
});

test('a byte order mark tells the encoding and belongs to no field', async () => {
  const text = '\uFEFFnumber;city\n+1;Zürich\n';
  const rows = [{ line: 2, phoneNumber: '+1', locality: 'Zürich' }];
  assert.deepEqual(await readAll(Buffer.from(text, 'utf8')), rows);
  assert.deepEqual(await readAll(Buffer.from(text, 'utf16le')), rows);
});

test('a file is the same in whatever pieces it arrives', async () => {
  const bytes = Buffer.from('\uFEFFcity;number\r\n"Zü;rich";+1\r\n;+2\r\n');
  const whole = await readAll(bytes);
  assert.equal(whole.length, 2);
  const single = Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1));
  assert.deepEqual(await readAll(...single), whole);
});

test('a first row that names no number column is a row like the others', async () => {
  assert.deepEqual(await readAll(Buffer.from('Rufnummer,Ort\n+1,Ulm\n')), [
    { line: 1, phoneNumber: 'Rufnummer', locality: 'Ort' },
    { line: 2, phoneNumber: '+1', locality: 'Ulm' },
  ]);
});

test('an empty file has no rows', async () => {
  assert.deepEqual(await readAll(), []);
  assert.deepEqual(await readAll(Buffer.from('\n\n')), []);
});

test('an error of the file arrives as it is', async () => {
  const failure = new Error('the disk was pulled out');
  async function* breaksOff() {
    yield Buffer.from('+1\n');
    throw failure;
  }
  await assert.rejects(Array.fromAsync(readRows(Readable.from(breaksOff()))), failure);
});

async function readAll(...chunks: Buffer[]) {
  const lists = await Array.fromAsync(readRows(Readable.from(chunks, { objectMode: false })));
  return lists.flat();
}
