import assert from 'node:assert/strict';
import path from 'node:path';

import { openCommandLine } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createOrder, DE_LOCAL, GERMAN_STOCK, getState, submit } from '../support/number-orders.ts';
import type { TestServer } from '../support/test-server.ts';

const FILE = 'requirements.json';
const US_LOCAL = { regionCode: 'US', numberType: 'LOCAL' };

testOnEachEngine(
  'a file of the operator takes the place of all requirements',
  async (start, engine) => {
    await using cli = await openCommandLine(engine);
    const rules = [{ template: { name: {} } }];
    await cli.write(FILE, JSON.stringify({ requirements: [{ ...US_LOCAL, rules }] }));
    const environment = { NUMBERYARD_REQUIREMENTS_FILE: path.join(cli.folder, FILE) };
    await using server = await start(environment, GERMAN_STOCK);
    const lookedUp = await lookup(server, US_LOCAL);
    assert.equal(lookedUp.json.fields.rules[0].template.name.mandatory, true, lookedUp.text);
    assert.deepEqual(lookedUp.json.attachments, []);
    assert.equal((await lookup(server, DE_LOCAL)).status, 404);

    // Nothing is required of it any more.
    const { idNumberOrder: id } = await createOrder(server);
    assert.equal((await submit(server, id)).status, 200);
    await server.drain();
    assert.equal(await getState(server, id), 'COMPLETED');
  },
);

testOnEachEngine(
  'a file that is wrong is refused at the start, by its place',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const environment = { NUMBERYARD_REQUIREMENTS_FILE: FILE, PORT: '0' };
    const none = await cli.run(['serve'], { environment });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /NUMBERYARD_REQUIREMENTS_FILE cannot be used: ENOENT/);
    for (const [text, reason] of [
      ['{', /requirements\.json: is not JSON/],
      [
        JSON.stringify({ requirements: [{ ...US_LOCAL, numberType: 'FAX' }] }),
        /requirements\.json: requirements\[0\]\.numberType must be one of MOBILE, LOCAL, TOLL_FREE/,
      ],
    ] as const) {
      await cli.write(FILE, text);
      const refused = await cli.run(['serve'], { environment });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, reason);
    }
  },
);

testOnEachEngine(
  'the longest registration that a file can ask for can be sent, and a longer file cannot be used',
  async (start, engine) => {
    await using cli = await openCommandLine(engine);
    const write = (maxLength: number) => cli.write(FILE, toLongFile(maxLength));
    await write(101);
    const refused = await cli.run(['serve'], {
      environment: { NUMBERYARD_REQUIREMENTS_FILE: FILE, PORT: '0' },
    });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /requirements\[0\]\.rules may be answered with 101000 characters together, more than 100000/,
    );

    await write(100);
    const environment = { NUMBERYARD_REQUIREMENTS_FILE: path.join(cli.folder, FILE) };
    await using server = await start(environment, GERMAN_STOCK);
    const { idNumberOrder: id } = await createOrder(server);
    // Each of these characters is six in JSON.
    const answers = Object.fromEntries(FIELDS.map((name) => [name, '\u0001'.repeat(100)]));
    const data = Array.from({ length: 20 }, () => answers);
    const registered = await server.call('PUT', `/numberOrders/${id}/registration`, {
      headers: { 'idempotency-key': 'long' },
      body: { requestDetails: { data } },
    });
    assert.equal(registered.status, 200, registered.text.slice(0, 500));
    assert.deepEqual(registered.json.requestDetails.data, data);
    assert.equal((await submit(server, id)).status, 200);
  },
);

const FIELDS = Array.from({ length: 50 }, (_, i) => `field-${i}`.padEnd(64, 'x'));

/** As many rules and fields as there may be. */
function toLongFile(maxLength: number): string {
  const template = Object.fromEntries(FIELDS.map((name) => [name, { maxLength }]));
  const rules = Array.from({ length: 20 }, () => ({ template }));
  return JSON.stringify({ requirements: [{ ...DE_LOCAL, rules }] });
}

function lookup(server: TestServer, body: object) {
  return server.call('POST', '/numberOrders:lookupNumberRequirements', { body });
}
