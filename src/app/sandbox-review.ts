import type { Context } from '../context.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import type { Registration } from './get-order-registration.ts';
import type { Review } from './review-number-order.ts';

/** Texts of a registration that decide its review in the sandbox. */
const MAGIC_REVIEWS = ['REJECTED', 'BLOCKED', 'IN_REVIEW'] as const;
type MagicReview = (typeof MAGIC_REVIEWS)[number];

/**
 * When the sandbox reviews an order by itself: nobody's test waits for a person. It takes as long as a provisioning.
 * @returns `undefined` when a person does: in production, and for a registration that says IN_REVIEW.
 */
export function findReviewTime(
  { config, clock }: Pick<Context, 'config' | 'clock'>,
  registration: Registration,
): Timestamp | undefined {
  if (!config.sandbox || findMagic(registration) === 'IN_REVIEW') return undefined;
  const delayMs = config.platform.kind === 'sandbox' ? config.platform.delayMs : 0;
  return addMilliseconds(clock.now(), delayMs);
}

/** What the sandbox's own reviewer says of it. */
export function reviewInSandbox(registration: Registration): Review {
  const magic = findMagic(registration);
  if (magic === 'REJECTED' || magic === 'BLOCKED') {
    return { outcome: magic, reason: `The registration says ${magic}.` };
  }
  return { outcome: 'COMPLETED' };
}

/** The first one, in any field. */
function findMagic({ data }: Registration): MagicReview | undefined {
  const texts = data.flatMap((answers) => Object.values(answers));
  return texts.map((text) => MAGIC_REVIEWS.find((magic) => magic === text)).find(Boolean);
}
