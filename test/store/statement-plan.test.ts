import assert from 'node:assert/strict';

import { rentNumber } from '../../src/app/rent-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import { findAccessKey, listAccessKeys } from '../../src/store/access-key.ts';
import { listCharges, sumCharges } from '../../src/store/charge.ts';
import { findDelivery, listAttempts, listDeliveries } from '../../src/store/delivery.ts';
import { endRental, listDueRentals, listExpiredRentals } from '../../src/store/due-rental.ts';
import { findLastEvent, listEvents } from '../../src/store/event.ts';
import {
  countHolds,
  countHoldsOfOrderByPool,
  countListedHolds,
  listHolds,
  listHoldsOver,
} from '../../src/store/hold.ts';
import { claimInLane, claimJobs, deleteJobOf, hasDueJob } from '../../src/store/job.ts';
import {
  deleteExpiredKeys,
  findKey,
  hasExpiredKey,
  keepAnswer,
} from '../../src/store/kept-answer.ts';
import { listQuarantineOver } from '../../src/store/number.ts';
import { countCurrentRentals, sumChargesSince } from '../../src/store/project-limit.ts';
import {
  cancelProvisionings,
  countOnCampaign,
  findProvisioning,
  listUnsettled,
} from '../../src/store/provisioning.ts';
import {
  countActiveNumbers,
  findActiveNumber,
  listActiveNumbers,
} from '../../src/store/active-number.ts';
import { findRental } from '../../src/store/rental.ts';
import {
  listFunds,
  listPayableRentals,
  listRentalsToSuspend,
  listUnpaidSince,
  sumUnpaid,
} from '../../src/store/unpaid-rental.ts';
import { testOnEngine } from '../support/engines.ts';
import { assertPlans, type ExpectedPlan, planOf } from '../support/query-plan.ts';
import { PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const RENTALS = 150;
const FIRST = 2025550000;
const NUMBER = `+1${FIRST}` as E164;
const CLAIM = {
  kind: 'deliver',
  claimId: 'c',
  now: TEST_START as Timestamp,
  leaseEnd: TEST_START as Timestamp,
  limit: 9,
  perLaneMax: 4,
  running: [],
  fromLane: '',
} as const;
const AFTER = { e164: NUMBER, displayName: 'x' };

testOnEngine(
  'sqlite',
  'the statements of requests and jobs use their indexes, analysed or not',
  { because: 'each engine has its own words for a plan' },
  async (start) => {
    const first = `+1${FIRST}`;
    await using server = await start({}, [{ name: 'many', first, size: 2 * RENTALS }]);
    await rentMany(server);
    const { store, clock } = server.server.context;
    const now = clock.now();
    const { id: projectId } = PROJECT;
    const statements: ExpectedPlan[] = [
      {
        name: 'find quarantines that are over',
        run: (db) => listQuarantineOver(db, now, 9),
        index: 'INDEX number_state_until',
      },
      {
        name: 'find holds that are over',
        run: (db) => listHoldsOver(db, now, 9),
        index: 'INDEX hold_expire',
      },
      {
        name: 'list holds',
        run: (db) => listHolds(db, projectId, now, NUMBER, 9),
        index: 'INDEX hold_by_project',
      },
      {
        name: 'count holds',
        run: (db) => countHolds(db, projectId, now, [NUMBER]),
        index: 'INDEX hold_by_project',
      },
      {
        name: 'count the holds of a list',
        run: (db) => countListedHolds(db, projectId, now),
        index: 'INDEX hold_by_project',
      },
      {
        name: 'count holds of an order by pool',
        run: (db) => countHoldsOfOrderByPool(db, projectId, 'order'),
        index: 'INDEX hold_by_order',
      },
      {
        name: 'find an active number',
        run: (db) => findActiveNumber(db, projectId, NUMBER),
        index: 'INDEX rental_(current|by_number)',
      },
      {
        name: 'list active numbers',
        run: (db) => listActiveNumbers(db, projectId, {}, 'phoneNumber', undefined, 9),
        index: 'INDEX rental_by_number',
      },
      {
        name: 'list a later page of active numbers',
        run: (db) =>
          listActiveNumbers(db, projectId, { regionCode: 'US' }, 'phoneNumber', AFTER, 9),
        index: 'INDEX rental_by_number',
      },
      {
        name: 'list a page of active numbers by name',
        run: (db) => listActiveNumbers(db, projectId, {}, 'displayName', AFTER, 9),
        index: 'INDEX rental_by_name',
      },
      {
        name: 'count active numbers',
        run: (db) => countActiveNumbers(db, projectId, {}),
        index: 'INDEX rental_(by_number|by_name|on_campaign)',
      },
      {
        name: 'find rentals to renew',
        run: (db) => listDueRentals(db, now, 9),
        index: 'INDEX rental_next_charge',
      },
      {
        name: 'find rentals to end',
        run: (db) => listExpiredRentals(db, now, 9),
        index: 'INDEX rental_expire',
      },
      {
        name: 'find unpaid rentals to suspend',
        run: (db) => listRentalsToSuspend(db, now, 9),
        index: 'INDEX rental_suspend',
      },
      {
        name: 'sum the unpaid rentals of a project',
        run: (db) => sumUnpaid(db, projectId),
        index: 'INDEX rental_unpaid',
      },
      {
        name: 'list the rentals of a project that are long unpaid',
        run: (db) => listUnpaidSince(db, now, projectId),
        index: 'INDEX rental_unpaid',
      },
      {
        name: 'list unsettled provisionings',
        run: (db) => listUnsettled(db, 'rental', 'SMS'),
        index: 'INDEX provisioning_of_rental',
      },
      {
        name: 'cancel provisionings',
        run: (db) => cancelProvisionings(db, 'rental', 'SMS', now),
        index: 'INDEX provisioning_(current|of_rental)',
      },
      {
        name: 'count the numbers on a campaign',
        run: (db) => countOnCampaign(db, { id: 'x', projectId, campaignId: 'c', rentalId: 'r' }),
        index: 'INDEX rental_on_campaign',
      },
      {
        name: 'count the numbers on their way to a campaign',
        run: (db) => countOnCampaign(db, { id: 'x', projectId, campaignId: 'c', rentalId: 'r' }),
        index: 'INDEX provisioning_to_campaign',
      },
      {
        name: 'see whether a job is due',
        run: (db) => hasDueJob(db, 'deliver', now),
        index: 'INDEX job_due',
      },
      {
        name: 'find the lanes with due jobs',
        run: (db) => claimJobs(db, CLAIM),
        index: 'INDEX job_lane \\(kind=\\? AND lane>\\?\\)',
      },
      {
        name: 'count the claimed jobs of a lane',
        run: (db) => claimJobs(db, CLAIM),
        index: 'INDEX job_claimed',
      },
      {
        name: 'claim jobs of a lane',
        run: (db) => claimInLane(db, CLAIM, 'https://receiver.example', 4),
        index: 'INDEX job_lane \\(kind=\\? AND lane=\\? AND run_at<\\?\\)',
      },
      {
        name: 'withdraw a job',
        run: (db) => deleteJobOf(db, 'deliver', 'x'),
        index: 'INDEX job_subject',
      },
      {
        name: 'find an idempotency key',
        run: (db) => findKey(db, projectId, 'key'),
        index: 'INDEX sqlite_autoindex_kept_answer_1',
      },
      {
        name: 'keep an answer',
        run: (db) =>
          keepAnswer(db, { projectId, key: 'key', claimId: 'c' }, { status: 200, body: '{}' }),
        index: 'INDEX sqlite_autoindex_kept_answer_1',
      },
      {
        name: 'see whether a key has expired',
        run: (db) => hasExpiredKey(db, now),
        index: 'INDEX kept_answer_expire',
      },
      {
        name: 'delete expired keys',
        run: (db) => deleteExpiredKeys(db, now, 9),
        index: 'INDEX kept_answer_expire',
      },
      {
        name: 'list deliveries',
        run: (db) => listDeliveries(db, projectId, 9),
        index: 'INDEX delivery_by_project',
      },
      { name: 'list attempts', run: (db) => listAttempts(db, 'delivery'), index: 'PRIMARY KEY' },
      {
        name: 'find the newest event',
        run: (db) => findLastEvent(db, NUMBER),
        index: 'INDEX event_of_number',
      },
      {
        name: 'list events',
        run: (db) => listEvents(db, NUMBER, 9, 100),
        index: 'INDEX event_of_number',
      },
      {
        name: 'list charges',
        run: (db) => listCharges(db, projectId),
        index: 'INDEX charge_by_project',
      },
      {
        name: 'sum what a project was charged this month',
        run: (db) => sumChargesSince(db, projectId, 'USD', now),
        index: 'INDEX charge_by_project',
        isCovering: true,
      },
      {
        name: 'sum charges by currency and kind',
        run: (db) => sumCharges(db, projectId, {}),
        index: 'INDEX charge_by_project',
        isCovering: true,
      },
      {
        name: 'count the rentals of a project',
        run: (db) => countCurrentRentals(db, projectId),
        index: 'INDEX rental_by_number',
        isCovering: true,
      },
      {
        name: 'list keys',
        run: (db) => listAccessKeys(db, projectId),
        index: 'INDEX access_key_project',
      },
      ...[
        { name: 'find a key', run: findAccessKey },
        { name: 'find a rental', run: findRental },
        { name: 'find a delivery', run: findDelivery },
        { name: 'find a provisioning', run: findProvisioning },
      ].map(({ name, run }) => ({
        name,
        run: (db: Parameters<typeof run>[0]) => run(db, 'id'),
        index: 'INDEX sqlite_autoindex_\\w+_1',
      })),
      {
        name: 'end a rental',
        run: (db) => endRental(db, 'r', now),
        index: 'INDEX sqlite_autoindex_rental_1',
      },
    ];
    await assertPlans(store, statements);
    await store.write((db) => db.run('ANALYZE'));
    await assertPlans(store, statements);
  },
);

/** Rentals with all that belongs to them: provisionings done and open, events, deliveries, charges, jobs. */
async function rentMany(server: TestServer): Promise<void> {
  const caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'many' };
  const rent = (e164: string, targetId: string) =>
    rentNumber(server.server.context, caller, e164 as E164, {
      sms: { servicePlanId: targetId, campaignId: 'campaign' },
      voice: { type: 'RTC', targetId },
      callbackUrl: server.url,
    });
  const e164s = Array.from({ length: RENTALS }, (_, i) => `+1${FIRST + i}`);
  await Promise.all(e164s.map((e164, i) => rent(e164, i % 2 === 0 ? 'plan' : 'SLOW')));
  await server.drain();
}

testOnEngine(
  'sqlite',
  'whether an account covers any of its unpaid rentals is one look for each account',
  { because: 'each engine has its own words for a plan' },
  async (start) => {
    await using server = await start();
    const { store } = server.server.context;
    const funds = await planOf(store, listFunds);
    assert.deepEqual(funds, [
      'SCAN account',
      'CORRELATED SCALAR SUBQUERY 1',
      'SEARCH rental USING INDEX rental_unpaid (project_id=? AND currency_code=?)',
    ]);
    const fund = { projectId: PROJECT.id, currencyCode: 'USD', availableMinor: 1 };
    const payable = await planOf(store, (db) => listPayableRentals(db, fund, 9));
    const inner =
      'SEARCH rental USING INDEX rental_unpaid (project_id=? AND currency_code=? AND <expr><?)';
    assert.ok(payable.includes(inner), payable.join('\n'));
  },
);

testOnEngine(
  'postgres',
  'whether an account covers any of its unpaid rentals is one look, analysed or not',
  { because: 'each engine has its own words for a plan' },
  async (start) => {
    const first = `+1${FIRST}`;
    await using server = await start({}, [{ name: 'many', first, size: 2 * RENTALS }]);
    await rentMany(server);
    const { store } = server.server.context;
    const unpaid = 'UPDATE rental SET unpaid_since = rented_at, expire_at = next_charge_at';
    for (const prepare of [unpaid, 'ANALYZE rental', 'ANALYZE account']) {
      const steps = await store.write(async (db) => {
        await db.run(prepare);
        const explained: string[] = [];
        const all = async (sql: string) => {
          explained.push(...(await db.column<string>(`EXPLAIN ${sql}`)));
          return [];
        };
        await listFunds({ ...db, dialect: db.dialect, all });
        return explained;
      });
      const plan = steps.join('\n');
      assert.match(plan, /Index Scan using rental_unpaid/, `${prepare}\n${plan}`);
      assert.doesNotMatch(plan, /Seq Scan on rental/, `${prepare}\n${plan}`);
    }
  },
);
