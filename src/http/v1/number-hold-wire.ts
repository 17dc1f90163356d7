import type { HeldNumber } from '../../app/hold-numbers.ts';
import { toPoolFields } from './wire.ts';

export function toNumberHold(hold: HeldNumber): Record<string, unknown> {
  return {
    phoneNumber: hold.e164,
    projectId: hold.projectId,
    ...toPoolFields(hold.pool),
    createTime: hold.heldAt,
    expireTime: hold.expireAt,
  };
}

/** The API counts in seconds. */
export function toMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
