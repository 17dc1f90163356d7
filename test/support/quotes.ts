import assert from 'node:assert/strict';

import { changeLimits, type LimitChanges } from '../../src/app/change-limits.ts';
import { LimitCatalog } from '../../src/app/limit-catalog.ts';
import { formatAmount } from '../../src/domain/money.ts';
import type { ProvisioningStep } from '../../src/domain/provisioning.ts';
import { listCharges } from '../../src/store/charge.ts';
import { TABLES } from '../../src/store/table.ts';
import { type Json, NUMBER } from './rentals.ts';
import { PROJECT, type TestServer } from './test-server.ts';

export const quoteRent = (server: TestServer, number: string, body: object) =>
  quote(server, `/availableNumbers/${number}:quote`, body);
export const quoteOrder = (server: TestServer, body: object) =>
  quote(server, '/rentOrders:quote', body);
export const quoteRelease = (server: TestServer) =>
  quote(server, `/activeNumbers/${NUMBER}:quoteRelease`, {});

/** A quote, which must leave everything as it is. */
async function quote(server: TestServer, path: string, body: object): Promise<Json> {
  const before = await readAll(server);
  const answer = await server.call('POST', path, { body });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(await readAll(server), before, path);
  return answer.json;
}

/** Every row of every table. */
function readAll({ server }: TestServer): Promise<[table: string, rows: string[]][]> {
  return server.context.store.read(async (db) => {
    const tables: [string, string[]][] = [];
    for (const table of TABLES) {
      const rows = await db.all<object>(`SELECT * FROM ${table}`);
      tables.push([table, rows.map((row) => JSON.stringify(row)).toSorted()]);
    }
    return tables;
  });
}

/** Changes limits, and lets the server know at once. */
export async function limit({ server }: TestServer, changes: LimitChanges): Promise<void> {
  await changeLimits(server.context, PROJECT.id, changes);
  server.context.limits = new LimitCatalog(server.context.store);
}

/** The limits that a rent can come up against. */
export async function listRentLimits(server: TestServer): Promise<Json> {
  const { limits } = (await server.call('GET', '/limits')).json;
  return limits.filter(({ kind }: Json) => kind === 'NUMBERS' || kind === 'SPEND');
}

/** What the ledger has of these numbers of the project, by currency. */
export async function sumCharges(
  { server }: TestServer,
  isCounted: (number: string) => boolean,
): Promise<{ currencyCode: string; amount: string }[]> {
  const charges = await server.context.store.read((db) => listCharges(db, PROJECT.id));
  const sums = new Map<string, number>();
  for (const { currencyCode, amountMinor } of charges.filter((each) => isCounted(each.e164))) {
    sums.set(currencyCode, (sums.get(currencyCode) ?? 0) + amountMinor);
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currencyCode, minor]) => ({ currencyCode, amount: formatAmount(minor, currencyCode) }));
}

/** Everything that platforms were to be asked about a number, as the API shows it. */
export function listSteps({ server }: TestServer, number: string): Promise<object[]> {
  return server.context.store.read(async (db) => {
    const lists = await db.column<string>(
      'SELECT steps FROM provisioning WHERE e164 = ? ORDER BY sequence',
      number,
    );
    return lists
      .flatMap((steps) => JSON.parse(steps) as ProvisioningStep[])
      .map(({ voiceType = null, ...step }) => ({ ...step, voiceType }));
  });
}
