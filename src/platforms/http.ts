import { createHmac, timingSafeEqual } from 'node:crypto';

import { Agent, request as sendRequest } from 'undici';

import { PROVISIONING_ERROR_CODES, type ProvisioningErrorCode } from '../domain/provisioning.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { createHttpAddresses } from './http-addresses.ts';
import { fieldsOf, isFinalRefusal, type PlatformReply } from './http-reply.ts';
import {
  type Platform,
  type PlatformAnswer,
  type PlatformRequest,
  PlatformUnavailableError,
} from './platform.ts';

/** An answer is one small JSON object; more than this is not one of ours. */
export const PLATFORM_ANSWER_BYTES_MAX = 16 * 1024;
/** Enough for every worker slot, few enough not to flood the operator's own platform. */
const PLATFORM_CONNECTIONS_MAX = 32;
/** Shorter than the 5 seconds after which many servers close an idle connection. */
const PLATFORM_KEEP_ALIVE_MS = 4_000;
/** An internal code is stored and shown in callbacks. */
const INTERNAL_CODE_CHARACTERS_MAX = 64;
/** No id of ours is longer; a longer one is not worth looking up. */
const REQUEST_ID_CHARACTERS_MAX = 128;
/** How old a signed message may be. Five minutes forgive clocks that differ a little. */
const SIGNATURE_AGE_SECONDS_MAX = 300;

/** The header of a signature, on requests to the platform and on its reports. */
export const PLATFORM_SIGNATURE_HEADER = 'numberyard-signature';

export interface HttpPlatformOptions {
  /** The operator's own platform: trusted configuration, so the address may be private. */
  url: string;
  /** Signs requests, and the reports that come back. */
  secret: string;
  /** For the whole exchange: connecting, waiting, reading. */
  timeoutMs: number;
  /** Where the platform reaches this server; completion URLs begin with it. */
  completionBaseUrl: () => string;
  /** When to ask again about a step the platform has accepted, unless it reports first. */
  pollAfterMs: number;
  /** The real time, not a sandbox's movable clock: the platform compares it with its own. */
  now: () => Timestamp;
}

/** Asks the operator's platform by HTTP. The protocol is described in docs/platforms.md. */
export function createHttpPlatform(options: HttpPlatformOptions): Platform & AsyncDisposable {
  // Ends sockets that are still connecting; `agent.destroy()` leaves them to their time-out.
  const disposal = new AbortController();
  const agent = new Agent({
    allowH2: false,
    connections: PLATFORM_CONNECTIONS_MAX,
    connect: { timeout: options.timeoutMs, signal: disposal.signal },
    keepAliveTimeout: PLATFORM_KEEP_ALIVE_MS,
    maxResponseSize: PLATFORM_ANSWER_BYTES_MAX,
  });
  return {
    async execute(request) {
      const body = JSON.stringify(toPlatformMessage(request, options.completionBaseUrl()));
      const reply = await post(agent, options, request.requestId, body, disposal.signal);
      if (reply === 'ABORTED') return { outcome: 'ABORTED' };
      return toPlatformAnswer(request.action, reply, options.pollAfterMs);
    },
    ...createHttpAddresses(async (requestId, message) => {
      const reply = await post(agent, options, requestId, JSON.stringify(message), disposal.signal);
      if (reply === 'ABORTED') throw new PlatformUnavailableError('this server is stopping');
      return reply;
    }),
    async [Symbol.asyncDispose]() {
      disposal.abort();
      await agent.destroy();
    },
  };
}

/**
 * The value of the signature header: `t=<unix seconds>,v1=<hex HMAC-SHA256>`. The time is part of what is
 * signed, so an old message cannot be sent again as a new one.
 */
export function signPlatformMessage(
  secret: string,
  rawBody: string | Uint8Array,
  unixSeconds: number,
): string {
  return `t=${unixSeconds},v1=${digestOf(secret, rawBody, unixSeconds).toString('hex')}`;
}

/** Whether the header signs this body, with this secret and a time close enough to now. */
export function verifyPlatformSignature(
  secret: string,
  header: string | undefined,
  rawBody: string | Uint8Array,
  nowUnixSeconds: number,
  toleranceSeconds: number = SIGNATURE_AGE_SECONDS_MAX,
): boolean {
  const [, time, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  // Without a secret anybody could sign.
  if (time === undefined || hex === undefined || secret === '') return false;
  const unixSeconds = Number(time);
  const isSigned = timingSafeEqual(Buffer.from(hex, 'hex'), digestOf(secret, rawBody, unixSeconds));
  return isSigned && Math.abs(nowUnixSeconds - unixSeconds) <= toleranceSeconds;
}

/** What a platform reports about a step that it had accepted. */
export interface PlatformReport {
  requestId: string;
  answer: Exclude<PlatformAnswer, { outcome: 'ACCEPTED' }>;
}

/** Reads the parsed JSON of a report; `undefined` when it is not one. */
export function parsePlatformReport(json: unknown): PlatformReport | undefined {
  const { requestId, status } = fieldsOf(json);
  if (typeof requestId !== 'string') return undefined;
  if (requestId === '' || requestId.length > REQUEST_ID_CHARACTERS_MAX) return undefined;
  if (status === 'DONE') return { requestId, answer: { outcome: 'DONE' } };
  if (status === 'REJECTED') return { requestId, answer: toRejection(json) };
  return undefined;
}

/** The request as the platform reads it: docs/platforms.md lists the fields. */
function toPlatformMessage(request: PlatformRequest, completionBaseUrl: string) {
  return {
    requestId: request.requestId,
    provisioningId: request.provisioningId,
    sequence: request.sequence,
    projectId: request.projectId,
    phoneNumber: request.phoneNumber,
    action: request.action,
    service: request.service,
    targetId: request.targetId,
    ...(request.voiceType === undefined ? {} : { voiceType: request.voiceType }),
    attempt: request.earlierAttempts + 1,
    requestedAt: request.startedAt,
    completionUrl: `${completionBaseUrl.replace(/\/+$/, '')}/platform/v1/provisionings/${encodeURIComponent(request.provisioningId)}:complete`,
  };
}

/** @returns ABORTED when the platform was disposed of. @throws PlatformUnavailableError when there is no answer in time. */
async function post(
  agent: Agent,
  options: HttpPlatformOptions,
  requestId: string,
  body: string,
  disposed: AbortSignal,
): Promise<PlatformReply | 'ABORTED'> {
  const unixSeconds = Math.floor(Temporal.Instant.from(options.now()).epochMilliseconds / 1000);
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    // `request` follows no redirects: a signed message goes to the configured URL and nowhere else.
    const { statusCode, body: answer } = await sendRequest(options.url, {
      dispatcher: agent,
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'numberyard',
        'idempotency-key': requestId,
        [PLATFORM_SIGNATURE_HEADER]: signPlatformMessage(options.secret, body, unixSeconds),
      },
      body,
    });
    return {
      statusCode,
      json: parseJson(await readText(answer, AbortSignal.any([signal, disposed]))),
    };
  } catch (error) {
    if (disposed.aborted) return 'ABORTED';
    const reason = signal.aborted
      ? `the platform did not answer within ${options.timeoutMs} ms`
      : `the platform could not be reached (${codeOf(error)})`;
    throw new PlatformUnavailableError(reason, { cause: error });
  }
}

/** The body; empty when it is longer than the limit or breaks off. Running out of time, or being disposed of, is an error. */
async function readText(body: { text(): Promise<string> }, signal: AbortSignal): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    if (signal.aborted) throw error;
    return '';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toPlatformAnswer(
  action: PlatformRequest['action'],
  { statusCode, json }: PlatformReply,
  pollAfterMs: number,
): PlatformAnswer {
  const { status } = fieldsOf(json);
  if (isFinalRefusal(statusCode) && status === 'REJECTED') return toRejection(json);
  // A bare no to a DEPROVISION may be a gateway's: to believe it would leave a number connected to who has left it.
  if (isFinalRefusal(statusCode) && action === 'PROVISION') {
    return { outcome: 'REJECTED', code: 'INTERNAL_ERROR', internalCode: `HTTP_${statusCode}` };
  }
  if (statusCode < 200 || statusCode >= 300) {
    throw new PlatformUnavailableError(`the platform answered ${statusCode}`);
  }
  switch (status) {
    case 'DONE':
      return { outcome: 'DONE' };
    case 'ACCEPTED':
      return { outcome: 'ACCEPTED', askAgainAfterMs: pollAfterMs };
    case 'REJECTED':
      return toRejection(json);
    // The status is another program's text, not a union of ours.
    default:
      throw new PlatformUnavailableError(
        `the platform answered ${statusCode} without a status of DONE, ACCEPTED or REJECTED`,
      );
  }
}

/** An unknown code is kept as the internal one, so that it is not lost. */
function toRejection(json: unknown): Extract<PlatformAnswer, { outcome: 'REJECTED' }> {
  const { code, internalCode } = fieldsOf(json);
  const isKnown = isProvisioningErrorCode(code);
  const shown = toInternalCode(isKnown || code === undefined ? internalCode : code);
  return {
    outcome: 'REJECTED',
    code: isKnown ? code : 'INTERNAL_ERROR',
    ...(shown === undefined ? {} : { internalCode: shown }),
  };
}

function isProvisioningErrorCode(code: unknown): code is ProvisioningErrorCode {
  return PROVISIONING_ERROR_CODES.some((known) => known === code);
}

function toInternalCode(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const printable = value.replaceAll(/[^\x20-\x7e]/g, '').slice(0, INTERNAL_CODE_CHARACTERS_MAX);
  return printable === '' ? undefined : printable;
}

function digestOf(secret: string, rawBody: string | Uint8Array, unixSeconds: number): Buffer {
  return createHmac('sha256', secret).update(`${unixSeconds}.`).update(rawBody).digest();
}

/** The short code of a network error; its message could repeat the URL and what is in it. */
function codeOf(error: unknown): string {
  const { code, name } = fieldsOf(error);
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown error';
}
