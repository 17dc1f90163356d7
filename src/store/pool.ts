import {
  fromCapabilityBits,
  type NumberType,
  type Pool,
  type PoolId,
  toCapabilityBits,
} from '../domain/pool.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Reader, Writer } from './store.ts';

export type NewPool = Omit<Pool, 'id' | 'digitsMin' | 'digitsMax'>;

interface PoolRow {
  id: PoolId;
  name: string;
  regionCode: string;
  type: NumberType;
  capabilityBits: number;
  currencyCode: string;
  setupPriceMinor: number;
  monthlyPriceMinor: number;
  paymentIntervalMonths: number;
  documentationRequired: number;
  emergencyAddresses: number;
  quarantineDays: number | null;
  isPrivate: number;
  digitsMin: number;
  digitsMax: number;
  createdAt: Timestamp;
}

/** Pools are few: they are read all at once and kept by `app/pool-catalog.ts`. */
export async function listPools(db: Reader): Promise<Pool[]> {
  const rows = await db.all<PoolRow>(
    `SELECT id, name, region_code AS "regionCode", type, capability_bits AS "capabilityBits",
      currency_code AS "currencyCode", setup_price_minor AS "setupPriceMinor",
      monthly_price_minor AS "monthlyPriceMinor", payment_interval_months AS "paymentIntervalMonths",
      documentation_required AS "documentationRequired",
      emergency_addresses AS "emergencyAddresses", quarantine_days AS "quarantineDays",
      is_private AS "isPrivate", digits_min AS "digitsMin", digits_max AS "digitsMax",
      created_at AS "createdAt"
    FROM pool ORDER BY id`,
  );
  const viewers = await db.all<{ poolId: PoolId; projectId: ProjectId }>(
    'SELECT pool_id AS "poolId", project_id AS "projectId" FROM pool_project',
  );
  return rows.map(
    ({
      capabilityBits,
      documentationRequired,
      emergencyAddresses,
      quarantineDays,
      isPrivate,
      ...row
    }) => ({
      ...row,
      capabilities: fromCapabilityBits(capabilityBits),
      documentationRequired: documentationRequired === 1,
      emergencyAddresses: emergencyAddresses === 1,
      quarantineDays: quarantineDays ?? undefined,
      visibleTo:
        isPrivate === 1
          ? new Set(viewers.filter((v) => v.poolId === row.id).map((v) => v.projectId))
          : undefined,
    }),
  );
}

/** @returns the new pool's id, or `undefined` when the name is taken. */
export async function insertPool(db: Writer, pool: NewPool): Promise<PoolId | undefined> {
  const row = await db.get<{ id: PoolId }>(
    `INSERT INTO pool (id, name, region_code, type, capability_bits, currency_code, setup_price_minor,
      monthly_price_minor, payment_interval_months, documentation_required, emergency_addresses, quarantine_days,
      is_private, digits_min, digits_max, created_at)
    VALUES ((SELECT coalesce(max(id), 0) + 1 FROM pool), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)
    ON CONFLICT (name) DO NOTHING RETURNING id`,
    pool.name,
    pool.regionCode,
    pool.type,
    toCapabilityBits(pool.capabilities),
    pool.currencyCode,
    pool.setupPriceMinor,
    pool.monthlyPriceMinor,
    pool.paymentIntervalMonths,
    pool.documentationRequired ? 1 : 0,
    pool.emergencyAddresses ? 1 : 0,
    pool.quarantineDays ?? null,
    pool.visibleTo === undefined ? 0 : 1,
    pool.createdAt,
  );
  if (row === undefined) return undefined;
  for (const projectId of pool.visibleTo ?? []) {
    await db.run('INSERT INTO pool_project (pool_id, project_id) VALUES (?, ?)', row.id, projectId);
  }
  return row.id;
}

/** Whether numbers of a pool can have an emergency address, as the primary has it now. */
export async function hasEmergencyAddresses(db: Reader, id: PoolId): Promise<boolean> {
  const sql = 'SELECT 1 AS has FROM pool WHERE id = ? AND emergency_addresses = 1';
  return (await db.get(sql, id)) !== undefined;
}

/** Notes the lengths of numbers that were imported, which search needs to know. */
export async function widenPoolDigits(
  db: Writer,
  poolId: PoolId,
  digitsMin: number,
  digitsMax: number,
): Promise<void> {
  await db.run(
    `UPDATE pool SET
      digits_min = CASE WHEN digits_min = 0 OR digits_min > ? THEN ? ELSE digits_min END,
      digits_max = CASE WHEN digits_max < ? THEN ? ELSE digits_max END
    WHERE id = ? AND (digits_min = 0 OR digits_min > ? OR digits_max < ?)`,
    digitsMin,
    digitsMin,
    digitsMax,
    digitsMax,
    poolId,
    digitsMin,
    digitsMax,
  );
}
