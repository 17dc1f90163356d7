import fc from 'fast-check';

import type { E164 } from '../../src/domain/phone-number.ts';
import { addStock } from './stock.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from './test-server.ts';

const digit = fc.constantFrom(...'0123456789');
export const digits = (minLength: number, maxLength: number) =>
  fc.array(digit, { minLength, maxLength }).map((all) => all.join(''));

/** German numbers, where lengths differ most: 9 to 11 digits behind +49, and a few of 4 and of 13. */
const germanNumber = fc
  .oneof(
    { weight: 6, arbitrary: digits(8, 10).map((rest) => `3${rest}`) },
    { weight: 1, arbitrary: digits(3, 3).map((rest) => `7${rest}`) },
    { weight: 1, arbitrary: digits(12, 12).map((rest) => `9${rest}`) },
  )
  .map((national) => `+49${national}` as E164);
/** Blocks of neighbours beside numbers from anywhere, as in real stock. */
export const germanStock = fc.sample(germanNumber, { numRuns: 400, seed: 1 }).concat(
  Array.from({ length: 300 }, (_, i) => `+4930123${String(4000 + i)}` as E164),
  Array.from({ length: 100 }, (_, i) => `+4940987654${String(i).padStart(2, '0')}` as E164),
);

export interface Stock {
  server: TestServer;
  /** Everything the project may see of the region and type. */
  visible: E164[];
}

/** Three pools of one region and type, one of them private, and one of another type with the same digits. */
export async function addGermanStock(server: TestServer): Promise<Stock> {
  const all = [...new Set(germanStock)];
  const pools = [
    { name: 'de-both', numbers: all.filter((_, i) => i % 4 === 0) },
    { name: 'de-sms', numbers: all.filter((_, i) => i % 4 === 1) },
    {
      name: 'de-mine',
      numbers: all.filter((_, i) => i % 4 === 2),
      visibleTo: new Set([PROJECT.id]),
    },
    {
      name: 'de-theirs',
      numbers: all.filter((_, i) => i % 4 === 3),
      visibleTo: new Set([OTHER_PROJECT.id]),
    },
  ];
  for (const { numbers, ...pool } of pools) {
    await addStock(server, { ...pool, regionCode: 'DE' }, numbers);
  }
  return { server, visible: pools.slice(0, 3).flatMap((pool) => pool.numbers) };
}
