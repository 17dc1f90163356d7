/**
 * A process of its own that works on a database, for tests with more than one. Run it with `fork` and the
 * arguments COMMAND DATABASE_URL. It says READY, waits for any message, and then does what the command says.
 */
import { once } from 'node:events';

import { systemClock } from '../../src/clock.ts';
import { migrate } from '../../src/store/schema.ts';
import { putSettingOnce, type SettingName } from '../../src/store/setting.ts';
import { openStore, type Store } from '../../src/store/store.ts';

const [command = '', databaseUrl = ''] = process.argv.slice(2);

const COMMANDS: Record<string, (store: Store, times: number) => Promise<void>> = {
  migrate: async (store) => void (await migrate(store, systemClock)),
  async count(store, times) {
    for (let i = 0; i < times; i++) await countOne(store);
  },
  async write(store) {
    for (let i = 0; ; i++) await writeOne(store, `written-${i}` as SettingName);
  },
};

process.send?.('READY');
const [message] = await once(process, 'message');
{
  await using store = await openStore(databaseUrl);
  await COMMANDS[command]?.(store, Number(message));
}
process.disconnect?.();

/** What is read here must not change before it is written. */
async function countOne(store: Store): Promise<void> {
  await store.write(async (db) => {
    const row = await db.get<{ value: number }>(
      `SELECT value FROM counter ${db.dialect.forUpdate}`,
    );
    await db.run('UPDATE counter SET value = ?', (row?.value ?? 0) + 1);
  });
}

/** Says so when it is done. */
async function writeOne(store: Store, name: SettingName): Promise<void> {
  await store.write((db) => putSettingOnce(db, name, 'x'));
  process.send?.(name);
}
