import { readFileSync } from 'node:fs';

import { MAGIC_TARGETS } from '../../src/platforms/sandbox.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const PLACE_OF_TABLE = '<!-- The table of magic ids is put in here. -->';

/** The text in front of the reference: docs/api.md, with the magic ids that there are. */
export function readGuide(): string {
  const text = readFileSync(new URL('api.md', DOCS), 'utf8');
  if (!text.includes(PLACE_OF_TABLE)) throw new Error('docs/api.md has no place for the magic ids');
  return text.replace(PLACE_OF_TABLE, toMagicTable()).trim();
}

/** One row for each magic id, with the words of docs/sandbox.md. */
function toMagicTable(): string {
  const text = readFileSync(new URL('sandbox.md', DOCS), 'utf8');
  const rows = new Map(
    text
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, id = '', effect = '', meaning = '']) => [id, { effect, meaning }]),
  );
  const lines = MAGIC_TARGETS.map(({ id }) => {
    const row = rows.get(`\`${id}\``);
    if (row === undefined) throw new Error(`docs/sandbox.md does not explain ${id}`);
    const effect = row.effect.replace(`fails with \`${id}\``, 'fails with this code');
    return `| \`${id}\` | ${effect}: ${row.meaning} |`;
  });
  return ['| id | what happens |', '| --- | --- |', ...lines].join('\n');
}
