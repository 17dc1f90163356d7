import {
  type PlatformService,
  PROVISIONING_ERROR_CODES,
  type ProvisioningErrorCode,
} from '../domain/provisioning.ts';
import { millisecondsBetween, type Timestamp } from '../domain/timestamp.ts';
import {
  type Platform,
  type PlatformAnswer,
  type PlatformRequest,
  PlatformUnavailableError,
} from './platform.ts';
import { SANDBOX_ADDRESSES } from './sandbox-addresses.ts';

/**
 * The built-in platform. Every step succeeds `delayMs` of the application's clock after it was first
 * asked for, so a test moves the clock instead of waiting. Magic target ids make the other outcomes.
 */
export function createSandboxPlatform(options: {
  now: () => Timestamp;
  delayMs: number;
}): Platform {
  return {
    async execute(request) {
      const magic = request.action === 'PROVISION' ? findMagicTarget(request.targetId) : undefined;
      if (magic?.effect === 'DOWN' && request.earlierAttempts < magic.attempts) {
        throw new PlatformUnavailableError(
          `the sandbox plays a platform that is down (${magic.id})`,
        );
      }
      const delayMs = magic?.effect === 'SLOW' ? magic.delayMs : options.delayMs;
      const leftMs = delayMs - millisecondsBetween(request.startedAt, options.now());
      if (leftMs > 0) return { outcome: 'ACCEPTED', askAgainAfterMs: leftMs };
      return toAnswer(magic, request);
    },
    ...SANDBOX_ADDRESSES,
  };
}

/** A target id with an effect of its own, whatever service it is used for. */
export type MagicTarget = { id: string } & (
  | { effect: 'REJECT'; code: Record<PlatformService, ProvisioningErrorCode> }
  | { effect: 'SLOW'; delayMs: number }
  | { effect: 'DOWN'; attempts: number }
);

/** All of them. The table of docs/sandbox.md has one row for each, and a test runs every row. */
export const MAGIC_TARGETS: readonly MagicTarget[] = [
  {
    id: 'FAILED',
    effect: 'REJECT',
    code: {
      SMS: 'SMS_PROVISIONING_FAILED',
      CAMPAIGN: 'CAMPAIGN_PROVISIONING_FAILED',
      VOICE: 'INTERNAL_ERROR',
    },
  },
  { id: 'SLOW', effect: 'SLOW', delayMs: 60_000 },
  { id: 'DOWN_TWICE', effect: 'DOWN', attempts: 2 },
  { id: 'DOWN', effect: 'DOWN', attempts: Infinity },
  ...PROVISIONING_ERROR_CODES.map((code): MagicTarget => ({
    id: code,
    effect: 'REJECT',
    code: { SMS: code, CAMPAIGN: code, VOICE: code },
  })),
];

const MAGIC_TARGET_BY_ID = new Map(MAGIC_TARGETS.map((target) => [target.id, target]));

/** Case does not matter, nor what follows the first dot or dash: `campaign_expired-2` is CAMPAIGN_EXPIRED. */
function findMagicTarget(targetId: string): MagicTarget | undefined {
  const [name = ''] = targetId.split(/[.-]/, 1);
  return MAGIC_TARGET_BY_ID.get(name.toUpperCase());
}

function toAnswer(magic: MagicTarget | undefined, request: PlatformRequest): PlatformAnswer {
  if (magic?.effect !== 'REJECT') return { outcome: 'DONE' };
  return { outcome: 'REJECTED', code: magic.code[request.service] };
}
