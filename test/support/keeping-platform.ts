import {
  answering,
  type OperatorPlatform,
  type PlatformStep,
  startOperatorPlatform,
} from './operator-platform.ts';
import type { Responder } from './recording-listener.ts';

/** How a platform answers. UNHEARD: it does what it is asked, and the answer is lost. */
export type Mood = 'DONE' | 'REJECTED' | 'ACCEPTED' | 'AWAY' | 'UNHEARD';

/** An operator's platform that keeps what it connects, for one number. */
export interface KeepingPlatform extends OperatorPlatform {
  /** What is connected, by service. */
  kept: Map<string, string>;
  /** At first everything is DONE. */
  answer: (step: PlatformStep) => Mood | Promise<Mood>;
}

export async function startKeepingPlatform(): Promise<KeepingPlatform> {
  const platform = await startOperatorPlatform((...exchange) => void respond(keeping, exchange));
  const keeping: KeepingPlatform = {
    listener: platform.listener,
    environment: platform.environment,
    get steps() {
      return platform.steps;
    },
    kept: new Map(),
    answer: () => 'DONE',
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
  return keeping;
}

async function respond(platform: KeepingPlatform, exchange: Parameters<Responder>): Promise<void> {
  const step = JSON.parse(exchange[0].body) as PlatformStep;
  const mood = await platform.answer(step);
  if (mood === 'DONE' || mood === 'UNHEARD') keep(platform.kept, step);
  toResponder(mood)(...exchange);
}

function toResponder(mood: Mood): Responder {
  if (mood === 'AWAY' || mood === 'UNHEARD') return answering({}, 503);
  return answering({ status: mood, code: 'CAMPAIGN_EXPIRED' });
}

function keep(kept: Map<string, string>, { action, service, targetId }: PlatformStep): void {
  if (action === 'PROVISION') kept.set(service, targetId);
  else if (kept.get(service) === targetId) kept.delete(service);
}
