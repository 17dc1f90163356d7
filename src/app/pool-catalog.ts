import type { Pool, PoolId } from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { listPools } from '../store/pool.ts';
import type { Reader, Store } from '../store/store.ts';

/** How old the list may be: a pool made by another process is seen after at most this long. */
const MAX_AGE_MS = 1000;

/** All pools, kept in memory: they are few, and every search begins with them. */
export class PoolCatalog {
  readonly #store: Store;
  #pools: Promise<Pools> | undefined;
  #readAt = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  current(): Promise<Pools> {
    // Real time, not the application's clock: this is about the age of a copy, not about the life of numbers.
    if (this.#pools === undefined || performance.now() - this.#readAt > MAX_AGE_MS) {
      this.#readAt = performance.now();
      this.#pools = this.#store.read(async (db) => new Pools(await listPools(db)));
      this.#pools.catch(() => this.forget());
    }
    return this.#pools;
  }

  /** Reads the pools again at the next call: one of them was changed. */
  forget(): void {
    this.#pools = undefined;
  }
}

export class Pools {
  readonly all: readonly Pool[];
  readonly #byId: ReadonlyMap<PoolId, Pool>;

  constructor(pools: readonly Pool[]) {
    this.all = pools;
    this.#byId = new Map(pools.map((pool) => [pool.id, pool]));
  }

  byId(id: PoolId): Pool | undefined {
    return this.#byId.get(id);
  }

  visibleTo(projectId: ProjectId): Pool[] {
    return this.all.filter((pool) => isVisibleTo(pool, projectId));
  }
}

/** The pool of a number, which may have been made after the list was read. */
export async function getPoolOfNumber(pools: Pools, db: Reader, poolId: PoolId): Promise<Pool> {
  const pool = pools.byId(poolId) ?? new Pools(await listPools(db)).byId(poolId);
  if (pool === undefined) throw new Error(`A number is in pool ${poolId}, which does not exist.`);
  return pool;
}

export function isVisibleTo(pool: Pool, projectId: ProjectId): boolean {
  return pool.visibleTo === undefined || pool.visibleTo.has(projectId);
}
