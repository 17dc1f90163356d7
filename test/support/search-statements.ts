import type { E164 } from '../../src/domain/phone-number.ts';
import type { PoolId } from '../../src/domain/pool.ts';
import {
  claimAvailableNumber,
  countStockSlice,
  findNumber,
  listInStock,
  scanAvailable,
  scanAvailablePrefixes,
} from '../../src/store/number.ts';
import type { Writer } from '../../src/store/store.ts';
import { PROJECT } from './test-server.ts';

const POOL = 1 as PoolId;
const NUMBER = '+12000000007' as E164;
/** As many ranges as a search asks for at once. */
const PREFIXES = Array.from({ length: 100 }, (_, i) => `+1${200 + i}`);
const REVERSED_PREFIXES = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(2, '0')}7`);

/** What search and rent ask of the largest table, with the index that each must use on every engine. */
export const SEARCH_STATEMENTS: readonly {
  name: string;
  run: (db: Writer) => Promise<unknown>;
  index: 'available' | 'available_reversed' | 'primary key';
}[] = [
  {
    name: 'search by a beginning',
    run: (db) => scanAvailable(db, 'e164', POOL, '+1200', '+1200:', 20),
    index: 'available',
  },
  {
    name: 'search by an end',
    run: (db) => scanAvailable(db, 'reversed', POOL, '700', '700:', 20),
    index: 'available_reversed',
  },
  {
    name: 'search by digits within, forwards',
    run: (db) => scanAvailablePrefixes(db, 'e164', POOL, PREFIXES, 20),
    index: 'available',
  },
  {
    name: 'search by digits within, backwards',
    run: (db) => scanAvailablePrefixes(db, 'reversed', POOL, REVERSED_PREFIXES, 20),
    index: 'available_reversed',
  },
  { name: 'look at a number', run: (db) => findNumber(db, NUMBER), index: 'primary key' },
  {
    name: 'claim a number',
    run: (db) => claimAvailableNumber(db, PROJECT.id, NUMBER),
    index: 'primary key',
  },
  { name: 'find numbers in stock', run: (db) => listInStock(db, [NUMBER]), index: 'primary key' },
  {
    name: 'count a slice of the stock',
    run: (db) => countStockSlice(db, '', 9),
    index: 'primary key',
  },
];
