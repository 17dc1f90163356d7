import type { LookupAddress } from 'node:dns';
import { lookup as resolveHost } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';

import ipaddr from 'ipaddr.js';
import { Agent, request as sendRequest } from 'undici';

import { describeCallbackUrlProblem } from './domain/callback.ts';

/** What a receiver answers is not used; this much is read so that its connection can be used again. */
const ANSWER_BYTES_MAX = 16 * 1024;
/** Short, because a request on a connection that the receiver has just closed counts as a failed attempt. */
const KEEP_ALIVE_MS = 1_000;
const KEEP_ALIVE_MAX_MS = 10_000;

export interface CallbackClient extends AsyncDisposable {
  /** Sends one POST. Never throws: whatever goes wrong is an outcome. */
  post(url: string, headers: Record<string, string>, body: string): Promise<CallbackOutcome>;
}

export type CallbackOutcome =
  /** The receiver answered, with any status; redirects are not followed. */
  | { outcome: 'ANSWERED'; statusCode: number; latencyMs: number }
  /** There was no answer. `reason` names neither the URL nor what a host name resolved to. */
  | { outcome: 'FAILED'; reason: string; latencyMs: number }
  /** The client was disposed of before there was an answer: that says nothing about the receiver. */
  | { outcome: 'ABORTED' };

/**
 * The client for URLs that customers choose. It connects to public addresses only (and to loopback where
 * allowed), and it checks the very addresses it connects to: a host name that resolves to something else
 * a moment later gains nothing.
 */
export function createCallbackClient(options: {
  allowLoopback: boolean;
  /** For the whole exchange: resolving, connecting, waiting. */
  timeoutMs: number;
  /** Resolves a host name to all its addresses; the system's resolver unless a test brings its own. */
  lookup?: (hostname: string) => Promise<LookupAddress[]>;
}): CallbackClient {
  const { allowLoopback, timeoutMs } = options;
  const lookup = options.lookup ?? ((hostname) => resolveHost(hostname, { all: true }));
  // Ends sockets that are still connecting; `agent.destroy()` leaves them to their time-out.
  const disposal = new AbortController();
  // No limit of connections: behind one a callback would wait with its time running. The worker sees to it
  // that few go to one receiver at once.
  const agent = new Agent({
    allowH2: false,
    connect: {
      timeout: timeoutMs,
      lookup: guardLookup(lookup, allowLoopback),
      signal: disposal.signal,
    },
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
  });
  return {
    async post(url, headers, body) {
      const startedMs = performance.now();
      const elapsedMs = () => Math.round(performance.now() - startedMs);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        assertMayBeCalled(url, allowLoopback);
        const answer = await sendRequest(url, {
          dispatcher: agent,
          method: 'POST',
          headers: { 'user-agent': 'numberyard', ...headers },
          body,
          signal,
        });
        const latencyMs = elapsedMs();
        // The status is what counts: a body that breaks off or drips on until the time-out changes nothing.
        await answer.body.dump({ limit: ANSWER_BYTES_MAX }).catch(() => undefined);
        return { outcome: 'ANSWERED', statusCode: answer.statusCode, latencyMs };
      } catch (error) {
        if (disposal.signal.aborted) return { outcome: 'ABORTED' };
        const reason = signal.aborted
          ? `no answer within ${timeoutMs} ms`
          : describeFailure(error, timeoutMs);
        return { outcome: 'FAILED', reason, latencyMs: elapsedMs() };
      }
    },
    async [Symbol.asyncDispose]() {
      disposal.abort();
      await agent.destroy();
    },
  };
}

/** The request was not sent, because of where it would have gone. */
class CallbackRefusedError extends Error {}

/**
 * Checks what no connection has to be made for.
 *
 * NOTE: an IP literal never reaches `connect.lookup`, so it is checked here. `URL` has by then turned
 * `2130706433` and `0x7f.1` into `127.0.0.1`.
 */
function assertMayBeCalled(url: string, allowLoopback: boolean): void {
  const problem = describeCallbackUrlProblem(url);
  if (problem !== undefined) throw new CallbackRefusedError(`the URL ${problem}`);
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) assertOnePermitted([{ address: host, family: isIP(host) }], allowLoopback);
}

/**
 * A lookup for `net.connect` that answers only with permitted addresses; those are then connected to.
 * Others of the same name are left out rather than refused with it: behind NAT64 every name has one.
 */
function guardLookup(
  lookup: (hostname: string) => Promise<LookupAddress[]>,
  allowLoopback: boolean,
): LookupFunction {
  return (hostname, { all }, callback) => {
    async function answer(): Promise<void> {
      try {
        const permitted = assertOnePermitted(await lookup(hostname), allowLoopback);
        if (all === true) callback(null, permitted);
        else callback(null, permitted[0].address, permitted[0].family);
      } catch (error) {
        callback(error as Error, []);
      }
    }
    void answer();
  };
}

function assertOnePermitted(
  addresses: LookupAddress[],
  allowLoopback: boolean,
): [LookupAddress, ...LookupAddress[]] {
  const ranges = addresses.map(({ address }) => rangeOf(address));
  const [first, ...rest] = addresses.filter(
    (_, i) => ranges[i] === 'unicast' || (allowLoopback && ranges[i] === 'loopback'),
  );
  if (first === undefined) {
    throw new CallbackRefusedError(
      `refused: callbacks go to public addresses only, and this host has none (${ranges[0] ?? 'no address at all'})`,
    );
  }
  return [first, ...rest];
}

/** All IPv6 addresses that have been given out for general use (RFC 4291, 2.4). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * The kind of an address; only `unicast` is public. IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4,
 * Teredo) are kinds of their own, so none of them gets past.
 */
function rangeOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'not an address';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  // ipaddr.js calls whatever it does not know unicast, such as `::7f00:1`, the old IPv4-compatible 127.0.0.1.
  const isUnassigned =
    range === 'unicast' && parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_IPV6);
  return isUnassigned ? 'unassigned' : range;
}

/** A sentence for the customer's list of attempts. It repeats no text of the error, which may name the URL. */
function describeFailure(error: unknown, timeoutMs: number): string {
  if (error instanceof CallbackRefusedError) return error.message;
  // undici does not export this class, and its errors often have no code.
  if (error instanceof Error && error.name === 'HTTPParserError') return 'the answer was not HTTP';
  const code = codeOf(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name could not be resolved (${code})`;
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'the connection was closed before an answer came';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `no connection within ${timeoutMs} ms`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `the host could not be reached (${code})`;
    case undefined:
      return 'the request failed';
    default:
      // TLS errors have a hundred codes, and each says what is wrong.
      return `the request failed (${code})`;
  }
}

/** The code of an error, or of the first of several when more than one address was tried. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}
