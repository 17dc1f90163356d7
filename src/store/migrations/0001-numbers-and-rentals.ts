import type { Dialect } from '../dialect.ts';

/** The first schema. NOTE: a migration that has been released is never changed. */
export function createNumbersAndRentals({
  text,
  integer,
  tableOptions,
  keyedTableOptions,
}: Dialect): string[] {
  return [
    // callback_secret is kept as it is: the API shows it, and each callback is signed with it.
    `CREATE TABLE project (
      id ${text} NOT NULL PRIMARY KEY,
      display_name ${text} NOT NULL,
      callback_secret ${text} NOT NULL,
      created_at ${text} NOT NULL
    ) ${tableOptions}`,

    `CREATE TABLE access_key (
      id ${text} NOT NULL PRIMARY KEY,
      project_id ${text} NOT NULL REFERENCES project (id),
      display_name ${text} NOT NULL,
      secret_hash ${text} NOT NULL,
      created_at ${text} NOT NULL,
      revoked_at ${text}
    ) ${tableOptions}`,
    'CREATE INDEX access_key_project ON access_key (project_id, created_at, id)',

    `CREATE TABLE pool (
      id ${integer} NOT NULL PRIMARY KEY,
      name ${text} NOT NULL UNIQUE,
      region_code ${text} NOT NULL,
      type ${text} NOT NULL,
      capability_bits ${integer} NOT NULL,
      currency_code ${text} NOT NULL,
      setup_price_minor ${integer} NOT NULL,
      monthly_price_minor ${integer} NOT NULL,
      payment_interval_months ${integer} NOT NULL,
      documentation_required ${integer} NOT NULL,
      quarantine_days ${integer},
      is_private ${integer} NOT NULL,
      digits_min ${integer} NOT NULL,
      digits_max ${integer} NOT NULL,
      created_at ${text} NOT NULL
    ) ${tableOptions}`,
    `CREATE TABLE pool_project (
      pool_id ${integer} NOT NULL REFERENCES pool (id),
      project_id ${text} NOT NULL REFERENCES project (id),
      PRIMARY KEY (pool_id, project_id)
    ) ${keyedTableOptions}`,

    // One row a number, for ever. holder_project_id: who holds or rents it, or rented it last while it is
    // in quarantine. state_until: when a hold or a quarantine ends.
    `CREATE TABLE number (
      e164 ${text} NOT NULL PRIMARY KEY,
      reversed ${text} NOT NULL,
      pool_id ${integer} NOT NULL,
      state ${integer} NOT NULL,
      holder_project_id ${text},
      state_until ${text},
      locality ${text}
    ) ${keyedTableOptions}`,
    // The two indexes of search: a START pattern is a range of the first, an END pattern of the second,
    // and CONTAINS a list of ranges of both. State 0 is AVAILABLE.
    'CREATE INDEX number_available ON number (pool_id, e164) WHERE state = 0',
    'CREATE INDEX number_available_reversed ON number (pool_id, reversed) WHERE state = 0',
    'CREATE INDEX number_state_until ON number (state_until) WHERE state_until IS NOT NULL',

    // Region, type, capabilities and prices are copied from the pool: they are frozen for the rental's life.
    `CREATE TABLE rental (
      id ${text} NOT NULL PRIMARY KEY,
      e164 ${text} NOT NULL REFERENCES number (e164),
      project_id ${text} NOT NULL REFERENCES project (id),
      pool_id ${integer} NOT NULL REFERENCES pool (id),
      region_code ${text} NOT NULL,
      type ${text} NOT NULL,
      capability_bits ${integer} NOT NULL,
      currency_code ${text} NOT NULL,
      setup_price_minor ${integer} NOT NULL,
      monthly_price_minor ${integer} NOT NULL,
      payment_interval_months ${integer} NOT NULL,
      display_name ${text} NOT NULL,
      callback_url ${text} NOT NULL,
      service_plan_id ${text} NOT NULL,
      campaign_id ${text} NOT NULL,
      voice_type ${text} NOT NULL,
      voice_target_id ${text} NOT NULL,
      rented_at ${text} NOT NULL,
      periods_charged ${integer} NOT NULL,
      next_charge_at ${text} NOT NULL,
      expire_at ${text},
      ended_at ${text}
    ) ${tableOptions}`,
    // The backstop of the rent race: a number has one current rental.
    'CREATE UNIQUE INDEX rental_current ON rental (e164) WHERE ended_at IS NULL',
    // ended_at, which is NULL in all of it: without it SQLite looks up every row to count them.
    'CREATE INDEX rental_by_number ON rental (project_id, e164, ended_at) WHERE ended_at IS NULL',
    'CREATE INDEX rental_by_name ON rental (project_id, display_name, e164) WHERE ended_at IS NULL',
    "CREATE INDEX rental_on_campaign ON rental (project_id, campaign_id) WHERE ended_at IS NULL AND campaign_id <> ''",
    'CREATE INDEX rental_next_charge ON rental (next_charge_at) WHERE ended_at IS NULL AND expire_at IS NULL',
    'CREATE INDEX rental_expire ON rental (expire_at) WHERE ended_at IS NULL AND expire_at IS NOT NULL',

    // sequence: 1, 2, 3 … for each number, so that nobody's clock decides which of two came later.
    // steps: JSON list of the calls to the platform; steps_done: how many of them are over.
    // step_failures: how often the platform was unavailable for the current one.
    // has_campaign_place: 1 when it was let onto its campaign, which holds so many numbers and no more.
    `CREATE TABLE provisioning (
      id ${text} NOT NULL PRIMARY KEY,
      rental_id ${text} NOT NULL REFERENCES rental (id),
      e164 ${text} NOT NULL,
      sequence ${integer} NOT NULL,
      project_id ${text} NOT NULL REFERENCES project (id),
      kind ${text} NOT NULL,
      status ${text} NOT NULL,
      service_plan_id ${text} NOT NULL,
      campaign_id ${text} NOT NULL,
      voice_type ${text} NOT NULL,
      voice_target_id ${text} NOT NULL,
      has_campaign_place ${integer} NOT NULL,
      steps ${text} NOT NULL,
      steps_done ${integer} NOT NULL,
      step_failures ${integer} NOT NULL,
      step_started_at ${text},
      error_codes ${text} NOT NULL,
      created_at ${text} NOT NULL,
      updated_at ${text} NOT NULL
    ) ${tableOptions}`,
    `CREATE UNIQUE INDEX provisioning_current ON provisioning (rental_id, kind)
      WHERE status IN ('WAITING', 'IN_PROGRESS', 'FAILED')`,
    'CREATE UNIQUE INDEX provisioning_of_number ON provisioning (e164, sequence)',
    'CREATE INDEX provisioning_of_rental ON provisioning (rental_id, kind, sequence)',
    `CREATE INDEX provisioning_to_campaign ON provisioning (project_id, campaign_id)
      WHERE status IN ('WAITING', 'IN_PROGRESS') AND campaign_id <> ''`,

    `CREATE TABLE charge (
      id ${text} NOT NULL PRIMARY KEY,
      project_id ${text} NOT NULL REFERENCES project (id),
      rental_id ${text} NOT NULL REFERENCES rental (id),
      e164 ${text} NOT NULL,
      kind ${text} NOT NULL,
      period ${integer} NOT NULL,
      period_start ${text} NOT NULL,
      period_end ${text} NOT NULL,
      currency_code ${text} NOT NULL,
      amount_minor ${integer} NOT NULL,
      created_at ${text} NOT NULL
    ) ${tableOptions}`,
    // The backstop of renewal: a period is charged once.
    'CREATE UNIQUE INDEX charge_once ON charge (rental_id, kind, period)',
    // With all that is summed: a month of 50,000 charges takes a fifteenth of the time that looking up its rows takes.
    'CREATE INDEX charge_by_project ON charge (project_id, created_at, id, currency_code, kind, amount_minor)',
    'CREATE INDEX charge_by_number ON charge (e164)',

    `CREATE TABLE event (
      id ${text} NOT NULL PRIMARY KEY,
      e164 ${text} NOT NULL,
      sequence ${integer} NOT NULL,
      type ${text} NOT NULL,
      project_id ${text},
      rental_id ${text},
      actor ${text} NOT NULL,
      request_id ${text},
      details ${text} NOT NULL,
      created_at ${text} NOT NULL
    ) ${tableOptions}`,
    'CREATE UNIQUE INDEX event_of_number ON event (e164, sequence)',

    // event_id: of the number's history, or made for this callback, where it tells of an order.
    `CREATE TABLE delivery (
      id ${text} NOT NULL PRIMARY KEY,
      event_id ${text} NOT NULL,
      project_id ${text} NOT NULL REFERENCES project (id),
      url ${text} NOT NULL,
      body ${text} NOT NULL,
      status ${text} NOT NULL,
      attempts ${integer} NOT NULL,
      created_at ${text} NOT NULL,
      updated_at ${text} NOT NULL
    ) ${tableOptions}`,
    'CREATE INDEX delivery_by_project ON delivery (project_id, id)',
    "CREATE INDEX delivery_pending ON delivery (id) WHERE status = 'PENDING'",
    `CREATE TABLE attempt (
      delivery_id ${text} NOT NULL REFERENCES delivery (id),
      number ${integer} NOT NULL,
      status_code ${integer},
      error ${text},
      latency_ms ${integer} NOT NULL,
      started_at ${text} NOT NULL,
      PRIMARY KEY (delivery_id, number)
    ) ${keyedTableOptions}`,

    // run_at: when the job may be claimed; a claim moves it to the end of the lease. claim_id: whose claim it is.
    // lane: jobs of a kind that share a receiver; few of them run at once.
    `CREATE TABLE job (
      id ${text} NOT NULL PRIMARY KEY,
      kind ${text} NOT NULL,
      lane ${text} NOT NULL,
      subject_id ${text} NOT NULL,
      run_at ${text} NOT NULL,
      attempts ${integer} NOT NULL,
      claim_id ${text},
      created_at ${text} NOT NULL
    ) ${tableOptions}`,
    'CREATE INDEX job_due ON job (kind, run_at)',
    // Goes from lane to lane without a look at the jobs between, however many one lane has.
    'CREATE INDEX job_lane ON job (kind, lane, run_at)',
    'CREATE INDEX job_claimed ON job (kind, lane) WHERE claim_id IS NOT NULL',
    'CREATE UNIQUE INDEX job_subject ON job (kind, subject_id)',

    // What belongs to the whole installation: the key that signs tokens, the mode, the sandbox's clock.
    `CREATE TABLE setting (
      name ${text} NOT NULL PRIMARY KEY,
      value ${text} NOT NULL
    ) ${tableOptions}`,

    // Has rows only while this database is an unfinished copy of another: one for each table.
    `CREATE TABLE copy_progress (
      table_name ${text} NOT NULL PRIMARY KEY,
      source_id ${text} NOT NULL,
      source_name ${text} NOT NULL,
      rows_copied ${integer} NOT NULL,
      last_key ${text},
      checksum ${text} NOT NULL
    ) ${tableOptions}`,
  ];
}
