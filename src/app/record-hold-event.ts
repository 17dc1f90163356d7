import type { Context } from '../context.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import type { Hold } from '../store/hold.ts';
import type { Writer } from '../store/store.ts';
import { type Actor, appendEvent, toActorColumns } from './record-event.ts';

/** Facts of a hold. They are kept in the number's history and sent to nobody. */
export type HoldEventType = 'HELD' | 'HOLD_EXTENDED' | 'HOLD_RELEASED' | 'HOLD_EXPIRED';

/** Adds to the history of a held number, whose lock the caller holds. */
export async function recordHoldEvent(
  context: Pick<Context, 'ids'>,
  db: Writer,
  { e164, projectId, orderId }: Pick<Hold, 'e164' | 'projectId' | 'orderId'>,
  type: HoldEventType,
  actor: Actor,
  details: Record<string, unknown>,
  at: Timestamp,
): Promise<void> {
  const order = orderId === null ? {} : { orderId };
  await appendEvent(context, db, {
    e164,
    type,
    projectId,
    rentalId: null,
    ...toActorColumns(actor),
    details: JSON.stringify({ ...details, ...order }),
    createdAt: at,
  });
}
