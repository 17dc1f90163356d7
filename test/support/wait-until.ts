import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
/** Far more than anything takes that happens at all, also on a busy machine. */
const WAIT_MS_MAX = 60_000;

/** Looks until it is so, for what tells nobody when it happens. @throws Error with `what` when it does not. */
export async function waitUntil(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > WAIT_MS_MAX) throw new Error(`It never came: ${what}.`);
    await setTimeout(LOOK_EVERY_MS);
  }
}
