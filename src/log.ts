import { destination, type Logger, pino } from 'pino';

export type Log = Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * JSON lines on standard output. ERROR means that a person must act; what heals itself is at most WARN.
 * Nothing logs a request's headers or body, so no secret can reach a line.
 */
export function createLog(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Lines that come while one is being written go out together.
    destination({ dest: 1, sync: false }),
  );
}
