import { createHmac } from 'node:crypto';

import type { Environment } from '../../src/config.ts';
import {
  type RecordingListener,
  type Responder,
  startRecordingListener,
} from './recording-listener.ts';

export const PLATFORM_SECRET = 'platform-secret-0123456789';

/** A request of docs/platforms.md as the platform reads it. */
export interface PlatformStep {
  requestId: string;
  provisioningId: string;
  sequence: number;
  projectId: string;
  phoneNumber: string;
  action: string;
  service: string;
  targetId: string;
  voiceType?: string;
  attempt: number;
  requestedAt: string;
  completionUrl: string;
}

export interface OperatorPlatform extends AsyncDisposable {
  listener: RecordingListener;
  /** Points a server here. */
  environment: Environment;
  /** What has been asked so far. */
  readonly steps: PlatformStep[];
}

/** The operator's own platform, as a real HTTP listener. Without a responder everything is done at once. */
export async function startOperatorPlatform(
  respond: Responder = answering({ status: 'DONE' }),
): Promise<OperatorPlatform> {
  const listener = await startRecordingListener(respond);
  return {
    listener,
    environment: {
      NUMBERYARD_PLATFORM: 'http',
      NUMBERYARD_PLATFORM_URL: `${listener.url}/provision`,
      NUMBERYARD_PLATFORM_SECRET: PLATFORM_SECRET,
    },
    get steps() {
      return listener.requests.map(({ body }) => JSON.parse(body) as PlatformStep);
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** Answers every step in the same way. */
export function answering(answer: object, statusCode = 200): Responder {
  return (_request, response) => response.writeHead(statusCode).end(JSON.stringify(answer));
}

/** What a platform has been asked, such as `PROVISION plan`. */
export function listAsked(platform: OperatorPlatform): string[] {
  return platform.steps.map(({ action, targetId }) => `${action} ${targetId}`);
}

/** The signature of docs/platforms.md, made without our own code. */
export function signAsPlatform(
  body: string,
  { secret = PLATFORM_SECRET, ageSeconds = 0 } = {},
): string {
  const time = Math.floor(Date.now() / 1000) - ageSeconds;
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** Posts a report, signed unless it brings a signature of its own. */
export async function report(
  completionUrl: string,
  content: object | string,
  signature?: string,
): Promise<{ status: number; json: unknown; challenge: string | null }> {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const response = await fetch(completionUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === '' ? {} : { 'numberyard-signature': signature ?? signAsPlatform(body) }),
    },
    body,
  });
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, json: await response.json(), challenge };
}
