import type { Reader, Writer } from './store.ts';

/**
 * What belongs to the whole installation. `token-key`: signs bearer and page tokens. `mode`: `sandbox` or
 * `production`, for good. `clock-offset-ms`: how far the sandbox's clock is ahead.
 */
export type SettingName = 'token-key' | 'mode' | 'clock-offset-ms';

export async function findSetting(db: Reader, name: SettingName): Promise<string | undefined> {
  const row = await db.get<{ value: string }>('SELECT value FROM setting WHERE name = ?', name);
  return row?.value;
}

/** Keeps the first value ever written: two processes that start at once agree. */
export async function putSettingOnce(db: Writer, name: SettingName, value: string): Promise<void> {
  await db.run(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
    name,
    value,
  );
}

/** Keeps the greatest whole number ever written: of two processes that move a clock, the further one wins. */
export async function raiseSetting(db: Writer, name: SettingName, value: number): Promise<void> {
  await db.run(
    `INSERT INTO setting (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
      WHERE CAST(excluded.value AS BIGINT) > CAST(setting.value AS BIGINT)`,
    name,
    String(value),
  );
}
