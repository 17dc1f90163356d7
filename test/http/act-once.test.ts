import assert from 'node:assert/strict';

import { actOnce, type AnswerForms } from '../../src/app/act-once.ts';
import type { Context } from '../../src/context.ts';
import { findProject, updateCallbackSecret } from '../../src/store/project.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { countKeys } from '../support/keyed.ts';
import { PROJECT, type TestServer } from '../support/test-server.ts';

const CALLER = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'r' };
const REQUEST = { key: 'a', requestHash: 'h' };
const FORMS: AnswerForms<string> = {
  toAnswer: (body) => ({ status: 200, body }),
  toErrorAnswer: () => undefined,
};

testOnEachEngine(
  'of several writes, the answer is kept with the one that returns something',
  async (start) => {
    await using server = await start();
    const act = async ({ store }: Context) => {
      for (let i = 0; i < 3; i++) await store.write(async () => undefined);
      const result = await store.write(async (db) => {
        await updateCallbackSecret(db, PROJECT.id, 'yes');
        return '"first"';
      });
      await store.write(async () => undefined);
      return result;
    };
    const first = await run(server, act);
    assert.deepEqual(first, { answer: { status: 200, body: '"first"' }, isReplayed: false });
    assert.deepEqual(await run(server, act), { ...first, isReplayed: true });
    assert.equal(await readEffect(server), 'yes');
  },
);

testOnEachEngine('a second write with an effect is refused and undone', async (start) => {
  await using server = await start();
  const act = async ({ store }: Context) => {
    await store.write(async () => '"first"');
    return store.write(async (db) => {
      await updateCallbackSecret(db, PROJECT.id, 'twice');
      return '"second"';
    });
  };
  await assert.rejects(run(server, act), /two writes with an effect/);
  assert.equal(await readEffect(server), undefined);
  // What has happened has an answer.
  const { answer, isReplayed } = await run(server, act);
  assert.deepEqual([answer.body, isReplayed], ['"first"', true]);
});

testOnEachEngine(
  'a use case that returns something else than its write is found out',
  async (start) => {
    await using server = await start();
    const act = async ({ store }: Context) => {
      await store.write(async () => '"written"');
      return '"returned"';
    };
    await assert.rejects(run(server, act), /something else than the use case/);
  },
);

testOnEachEngine('an answer without an effect is kept too', async (start) => {
  await using server = await start();
  let calls = 0;
  const act = async () => `"${++calls}"`;
  const answers = [await run(server, act), await run(server, act)];
  assert.deepEqual(
    answers.map(({ answer, isReplayed }) => [answer.body, isReplayed]),
    [
      ['"1"', false],
      ['"1"', true],
    ],
  );
});

testOnEachEngine('an answer that is too long to keep has no effect', async (start) => {
  await using server = await start();
  const act = ({ store }: Context) =>
    store.write(async (db) => {
      await updateCallbackSecret(db, PROJECT.id, 'yes');
      return 'x'.repeat(1024 * 1024 + 1);
    });
  await assert.rejects(run(server, act), /1048577 bytes cannot be kept/);
  assert.deepEqual([await readEffect(server), await countKeys(server)], [undefined, 0]);
  const { answer } = await run(server, async () => 'x'.repeat(1024 * 1024));
  assert.equal(answer.body.length, 1024 * 1024);
});

testOnEachEngine('a fault after the effect leaves the answer in its place', async (start) => {
  await using server = await start();
  const act = async ({ store }: Context) => {
    await store.write(async () => '"done"');
    throw new Error('a fault');
  };
  await assert.rejects(run(server, act), /a fault/);
  assert.deepEqual(await run(server, act), {
    answer: { status: 200, body: '"done"' },
    isReplayed: true,
  });
});

function run({ server }: TestServer, act: (context: Context) => Promise<string>) {
  return actOnce(server.context, CALLER, REQUEST, act, FORMS);
}

/** What the tests above write, if anything. */
async function readEffect({ server }: TestServer): Promise<string | undefined> {
  const project = await server.context.store.read((db) => findProject(db, PROJECT.id));
  const secret = project?.callbackSecret;
  return secret === `callback-secret-of-${PROJECT.id}` ? undefined : secret;
}
