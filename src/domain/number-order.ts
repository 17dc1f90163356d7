/** How far a number order has come (contract 3.7). COMPLETED, REJECTED and EXPIRED are final. */
export const NUMBER_ORDER_STATES = [
  'CREATED',
  'IN_REVIEW',
  'BLOCKED',
  'COMPLETED',
  'REJECTED',
  'EXPIRED',
] as const;
export type NumberOrderState = (typeof NUMBER_ORDER_STATES)[number];

/** Whether the client may still change what it says with the order, and submit it: also after a review has blocked it. */
export function isEditable(state: NumberOrderState): boolean {
  return state === 'CREATED' || state === 'BLOCKED';
}

/** Whether nothing more comes of an order. */
export function isOver(state: NumberOrderState): boolean {
  return state === 'COMPLETED' || state === 'REJECTED' || state === 'EXPIRED';
}

/** What a review comes to. BLOCKED: the client may mend it and submit again. */
export const REVIEW_OUTCOMES = ['COMPLETED', 'REJECTED', 'BLOCKED'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** A whole block of the largest size that a search finds. */
export const NUMBER_ORDER_QUANTITY_MAX = 100;
/** A reviewer writes to the client in a few sentences, not in documents. */
export const REVIEW_REASON_CHARACTERS_MAX = 2000;
