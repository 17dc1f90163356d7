import { destination, type DestinationStream, type Logger, pino } from 'pino';

import { millisecondTexts } from './clock.ts';

export type Log = Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const FLUSH_BYTES = 8192;
const FLUSH_EVERY_MS = 50;

/**
 * JSON lines on standard output. ERROR means that a person must act; what heals itself is at most WARN.
 * Nothing logs a request's headers or body, so no secret can reach a line.
 */
export function createLog(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Lines go out together: many of them, or those of the last moment.
    destination({ dest: 1, sync: false, minLength: FLUSH_BYTES, periodicFlush: FLUSH_EVERY_MS }),
  );
}

/** What the log tells of one request. */
export interface RequestLine {
  requestId: string;
  method: string;
  path: string;
  status: number;
  ms: number;
}

/**
 * Writes the line of each request, the same as `log.info` would: nothing else is logged as often, and for
 * these fields alone it takes a fraction of the time.
 */
export function createRequestLog(log: Log): (line: RequestLine) => void {
  if (!log.isLevelEnabled('info')) return () => {};
  const stream = (log as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym];
  const level = log.levels.values['info'];
  const time = millisecondTexts();
  return ({ requestId, method, path, status, ms }) => {
    // Ids and methods have no characters that JSON escapes: neither our ids, nor what we take, nor Node's parser.
    stream?.write(
      `{"level":${level},"time":"${time()}","requestId":"${requestId}","method":"${method}",` +
        `"path":${JSON.stringify(path)},"status":${status},"ms":${ms}}\n`,
    );
  };
}
