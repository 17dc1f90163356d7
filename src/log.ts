import { destination, type Logger, pino } from 'pino';

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
