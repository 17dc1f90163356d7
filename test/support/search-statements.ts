import type { E164 } from '../../src/domain/phone-number.ts';
import type { PoolId } from '../../src/domain/pool.ts';
import {
  claimAvailableNumber,
  findAvailableKey,
  findNumber,
  listInStock,
  scanAvailable,
  scanAvailableKeys,
  scanAvailablePrefixes,
  scanAvailablePrefixKeys,
} from '../../src/store/number.ts';
import { countStockSlice } from '../../src/store/stock-count.ts';
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
  /** Many rows are read and few wanted: the table must not be looked into for each. */
  isIndexOnly?: boolean;
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
  // As when the first pool of a search had all but one of the numbers that are wanted.
  {
    name: 'search for one number by digits within, forwards',
    run: (db) => scanAvailablePrefixes(db, 'e164', POOL, PREFIXES, 1),
    index: 'available',
  },
  {
    name: 'search for one number by digits within, backwards',
    run: (db) => scanAvailablePrefixes(db, 'reversed', POOL, REVERSED_PREFIXES, 1),
    index: 'available_reversed',
  },
  {
    name: 'read numbers to look at, forwards',
    run: (db) => scanAvailableKeys(db, 'e164', POOL, '+1200', '+1200:', 1000),
    index: 'available',
    isIndexOnly: true,
  },
  {
    name: 'read numbers to look at, backwards',
    run: (db) => scanAvailableKeys(db, 'reversed', POOL, '700', '700:', 1000),
    index: 'available_reversed',
    isIndexOnly: true,
  },
  {
    name: 'read numbers of many ranges to look at, forwards',
    run: (db) => scanAvailablePrefixKeys(db, 'e164', POOL, PREFIXES, 1000),
    index: 'available',
    isIndexOnly: true,
  },
  {
    name: 'read numbers of many ranges to look at, backwards',
    run: (db) => scanAvailablePrefixKeys(db, 'reversed', POOL, REVERSED_PREFIXES, 1000),
    index: 'available_reversed',
    isIndexOnly: true,
  },
  {
    name: 'look at one number of many ranges',
    run: (db) => scanAvailablePrefixKeys(db, 'reversed', POOL, REVERSED_PREFIXES, 2),
    index: 'available_reversed',
    isIndexOnly: true,
  },
  {
    name: 'count numbers off, forwards',
    run: (db) => findAvailableKey(db, 'e164', POOL, '', '~', 256),
    index: 'available',
    isIndexOnly: true,
  },
  {
    name: 'count numbers off, backwards',
    run: (db) => findAvailableKey(db, 'reversed', POOL, '', '~', 256),
    index: 'available_reversed',
    isIndexOnly: true,
  },
  {
    name: 'find the next number, forwards',
    run: (db) => findAvailableKey(db, 'e164', POOL, '+12007', '+12007:', 0),
    index: 'available',
    isIndexOnly: true,
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
