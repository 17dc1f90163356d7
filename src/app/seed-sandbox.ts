import type { Context } from '../context.ts';
import { DEMO_POOLS, type DemoPool, listDemoNumbers } from '../domain/demo-stock.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { listAccessKeys } from '../store/access-key.ts';
import { analyzeNumbers, insertNumbers } from '../store/number.ts';
import { insertPool, listPools, widenPoolDigits } from '../store/pool.ts';
import { insertProject, listProjects } from '../store/project.ts';
import type { Writer } from '../store/store.ts';
import { createAccessKey } from './create-access-key.ts';

const NUMBERS_PER_INSERT = 5000;

/** What a newcomer needs to make a first request. */
export interface FirstKey {
  projectId: ProjectId;
  keyId: string;
  /** Known only where it was made just now: it is shown once. */
  newSecret: string | undefined;
  /** It was given from outside, so it is known there and need not be shown. */
  isSecretGiven: boolean;
}

/** Fills an empty database with the demo stock, in one write: whoever pulls the plug finds all of it or none. */
export async function seedDemoStock(context: Context): Promise<void> {
  const isEmpty = await context.store.read(
    async (db) => (await listPools(db)).length === 0 && (await listProjects(db)).length === 0,
  );
  if (!isEmpty) return;
  await context.store.write((db) => insertDemoStock(context, db));
  await context.store.write(analyzeNumbers);
  context.pools.forget();
}

/**
 * Makes the first project and its key where there is no project. Credentials that were given from outside
 * hold after every start, whatever the database has. Called when the server listens, because a secret is
 * shown once and a start that fails would show it to nobody.
 */
export async function ensureFirstKey(context: Context): Promise<FirstKey> {
  const given = context.config.firstProject;
  const projectId = await ensureFirstProject(context);
  const keys = await context.store.read((db) => listAccessKeys(db, projectId));
  const valid = keys.filter((key) => key.revokedAt === null).map((key) => key.id);
  const keyId = given.keyId ?? valid[0];
  const isSecretGiven = given.keySecret !== undefined;
  if (keyId !== undefined && valid.includes(keyId) && !isSecretGiven) {
    return { projectId, keyId, newSecret: undefined, isSecretGiven };
  }
  const { key, secret } = await createAccessKey(context, projectId, {
    id: keyId,
    secret: given.keySecret,
    displayName: 'First key',
  });
  return { projectId, keyId: key.id, newSecret: isSecretGiven ? undefined : secret, isSecretGiven };
}

/** The project that was given, made if need be; else the oldest one, or a new one where there is none. */
function ensureFirstProject(context: Context): Promise<ProjectId> {
  return context.store.write(async (db) => {
    const [oldest] = await listProjects(db);
    const id = (context.config.firstProject.projectId ??
      oldest?.id ??
      context.ids.uuid()) as ProjectId;
    await insertProject(db, {
      id,
      displayName: 'First project',
      callbackSecret: context.ids.secret(),
      createdAt: context.clock.now(),
    });
    return id;
  });
}

async function insertDemoStock(context: Context, db: Writer): Promise<void> {
  for (const demo of DEMO_POOLS) await insertDemoPool(context, db, demo);
}

async function insertDemoPool(context: Context, db: Writer, demo: DemoPool): Promise<void> {
  const poolId = await insertPool(db, {
    name: demo.name,
    regionCode: demo.regionCode,
    type: demo.type,
    capabilities: [...demo.capabilities],
    currencyCode: demo.currencyCode,
    setupPriceMinor: demo.setupPriceMinor,
    monthlyPriceMinor: demo.monthlyPriceMinor,
    paymentIntervalMonths: demo.paymentIntervalMonths,
    documentationRequired: demo.documentationRequired,
    emergencyAddresses: demo.emergencyAddresses,
    // Tests rent the same few numbers again and again.
    quarantineDays: 0,
    visibleTo: undefined,
    createdAt: context.clock.now(),
  });
  // Another process that started at the same moment has seeded already.
  if (poolId === undefined) return;
  let batch: E164[] = [];
  let digitsMin = Number.POSITIVE_INFINITY;
  let digitsMax = 0;
  const insertBatch = () =>
    insertNumbers(
      db,
      poolId,
      batch.map((e164) => ({ e164, locality: null })),
    );
  for (const e164 of listDemoNumbers(demo)) {
    batch.push(e164);
    digitsMin = Math.min(digitsMin, e164.length - 1);
    digitsMax = Math.max(digitsMax, e164.length - 1);
    if (batch.length < NUMBERS_PER_INSERT) continue;
    await insertBatch();
    batch = [];
  }
  await insertBatch();
  await widenPoolDigits(db, poolId, digitsMin, digitsMax);
}
