import { DomainError } from '../errors.ts';

/** What became of the connection on which an error arrived. */
export type ConnectionState = 'FIT' | 'LOST' | 'SILENT' | 'READ_ONLY';

/**
 * LOST: it is closed, or will be. SILENT: nobody answered within the time that a statement may take, so that
 * whoever is at the other end may be gone. READ_ONLY: it leads to a server that is no primary (any more).
 */
export function stateAfter(error: unknown): ConnectionState {
  if (!(error instanceof Error)) return 'FIT';
  const code = postgresCode(error);
  if (code === '25006') return 'READ_ONLY';
  if (error.message === 'Query read timeout') return 'SILENT';
  // Classes 08 and 57P, and a transaction that was idle for too long, are the server's words for a connection
  // that ends; the others are those of the socket and of the driver.
  const isLost =
    /^(08|57P|25P03)/.test(code) ||
    /^(E(CONN|HOST|NET)[A-Z]+|EPIPE|EPROTO|ETIMEDOUT|ERR_SSL_\w+|ERR_STREAM_\w+)$/.test(code) ||
    /^Connection terminated|not queryable$/.test(error.message);
  return isLost ? 'LOST' : 'FIT';
}

/** What the caller is told instead of an error that is no fault of the request, and that may pass. Other errors stay as they are. */
export function toUnavailable(error: unknown): unknown {
  switch (stateAfter(error)) {
    case 'LOST':
    case 'SILENT':
      return unavailable('The database cannot be reached; try again.', error);
    case 'READ_ONLY':
      return unavailable('The database takes no changes at the moment; try again.', error);
    case 'FIT':
      return SLOW_CODES.has(postgresCode(error))
        ? unavailable('The database took too long; try again.', error)
        : error;
  }
}

/** Cut off by the statement time-out or by an administrator; waited for a lock for too long. */
const SLOW_CODES: ReadonlySet<string> = new Set(['57014', '55P03']);

/** No statement was sent: whatever the reason is, nothing was done. */
export function cannotConnect(cause: unknown): DomainError {
  const isBusy = wordsOf(cause) === 'timeout exceeded when trying to connect';
  const what = isBusy ? 'has no connection free' : 'cannot be reached';
  return unavailable(`The database ${what}; try again.`, cause);
}

/**
 * A COMMIT without an answer may have been carried out. Tried again by the program it could be done twice, so
 * the caller has to look.
 */
export function unknownOutcome(cause: unknown): DomainError {
  return unavailable(
    'The database went away while it committed: the change was made, or it was not. Look before you try again.',
    cause,
  );
}

function unavailable(message: string, cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', message, {
    cause,
    internal: `database: ${wordsOf(cause)}`,
  });
}

/** What an error says; a host with several addresses gives one error for each of them, and no words of its own. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** The five characters of the server, or the system's or the driver's name of the error; empty without one. */
export function postgresCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
