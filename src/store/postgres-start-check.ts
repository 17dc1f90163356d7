import { DomainError } from '../errors.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { type PostgresConnections, ReadOnlyServerError } from './postgres-connections.ts';
import { postgresCode, wordsOf } from './postgres-errors.ts';
import type { PostgresUrl } from './postgres-url.ts';

const VERSION_MIN = 14;
const TIMEOUT_MS = 5000;

/**
 * Connects once, and looks whether this is a server that the product can work on.
 * @throws DomainError UNAVAILABLE with one line that says what is wrong and which setting to change.
 */
export async function assertUsable(
  connections: PostgresConnections,
  address: PostgresAddress,
): Promise<void> {
  const server = await askServer(connections, address);
  const problem = findUnfitness(server, address);
  if (problem !== undefined) throw new DomainError('UNAVAILABLE', problem);
}

/**
 * The same for a standby, which may be down: that is no reason not to start.
 * @returns whether it answered.
 * @throws DomainError UNAVAILABLE when only another URL can help.
 */
export async function assertUsableUnlessDown(
  connections: PostgresConnections,
  address: PostgresAddress,
): Promise<boolean> {
  try {
    await askServer(connections, address);
    return true;
  } catch (error) {
    if (error instanceof DomainError && isUrlAtFault(error.cause)) throw error;
    return false;
  }
}

interface ServerFacts {
  version: string;
  version_number: string;
  encoding: string;
  read_only: string;
}

async function askServer(
  connections: PostgresConnections,
  address: PostgresAddress,
): Promise<ServerFacts> {
  try {
    const row = await connections.ask<ServerFacts>(
      `SELECT version() AS version,
        current_setting('server_version_num') AS version_number,
        current_setting('server_encoding') AS encoding,
        current_setting('transaction_read_only') AS read_only`,
      TIMEOUT_MS,
    );
    if (row === undefined) throw new Error('no answer');
    return row;
  } catch (error) {
    const cause = error instanceof DomainError ? error.cause : error;
    throw new DomainError('UNAVAILABLE', explainNoConnection(cause, address), { cause });
  }
}

function findUnfitness(
  server: ServerFacts,
  { url, variable }: PostgresAddress,
): string | undefined {
  // Services that only speak its language have version numbers of their own.
  const isOriginal = server.version.startsWith('PostgreSQL ');
  if (isOriginal && Number(server.version_number) < VERSION_MIN * 10_000) {
    const version = server.version.split(' ', 2).join(' ');
    return `${at(url)} is ${version}, and ${VERSION_MIN} is the oldest that will do: upgrade it, or name another in ${variable}.`;
  }
  if (server.encoding !== 'UTF8') {
    return `The database ${nameOf(url)} stores text as ${server.encoding} and not as UTF8: make another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in ${variable}.`;
  }
  return undefined;
}

/** One line, without the password: the URL is shown in parts only. */
function explainNoConnection(error: unknown, { url, variable }: PostgresAddress): string {
  const words = wordsOf(error).replaceAll('\n', ' ');
  const code = postgresCode(error);
  if (error instanceof ReadOnlyServerError) {
    return `${at(url)} takes no changes: it is a standby, or made read-only. Name the primary in ${variable}.`;
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name ${url.host} is not known: check it in ${variable}.`;
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Nobody listens at ${place(url)}: start the database server, or check host and port in ${variable}.`;
    case '28P01':
      return `${at(url)} does not take this password for ${userOf(url)}: check both in ${variable}.`;
    case '28000':
      return `${at(url)} does not let ${userOf(url)} in (${words}): check user and sslmode in ${variable}, or the server's pg_hba.conf.`;
    case '3D000':
      return `${at(url)} has no database ${nameOf(url)}: make it with CREATE DATABASE, or check the name in ${variable}.`;
    case '53300':
      return `${at(url)} has no connections left: lower NUMBERYARD_DATABASE_CONNECTIONS of all processes together, or raise its max_connections.`;
    case '57P03':
      return `${at(url)} does not take connections yet (${words}): try again, or check ${variable}.`;
    case '42501':
      return `${at(url)} does not let ${userOf(url)} use it (${words}): grant what is missing, or name another user in ${variable}.`;
  }
  if (/unsupported startup parameter/.test(words)) {
    return `${place(url)} is a pooler that refuses a setting (${words}): set NUMBERYARD_DATABASE_PREPARE=off, or have it ignore the setting.`;
  }
  if (/password must be a/.test(words)) {
    return `${at(url)} wants a password for ${userOf(url)}, and ${variable} has none.`;
  }
  if (/does not support SSL/.test(words)) {
    return `${at(url)} offers no TLS: set it up there, or use sslmode=disable in ${variable}.`;
  }
  if (isTlsTrouble(error)) {
    return `TLS with ${place(url)} failed (${words}): check sslmode, sslrootcert, sslcert and sslkey in ${variable}.`;
  }
  if (/timeout|ETIMEDOUT/i.test(`${words} ${code}`)) {
    return `No answer from ${place(url)} within ${TIMEOUT_MS / 1000} seconds: check host and port in ${variable}, and whether a firewall is between.`;
  }
  return `${at(url)} cannot be used (${words}): check ${variable}.`;
}

/** Waiting does not make these better. */
function isUrlAtFault(error: unknown): boolean {
  const isRefused = ['28P01', '28000', '3D000', '42501'].includes(postgresCode(error));
  return (
    isRefused ||
    isTlsTrouble(error) ||
    /does not support SSL|password must be a/.test(wordsOf(error))
  );
}

/** What OpenSSL says about certificates, and alerts of the other end. */
function isTlsTrouble(error: unknown): boolean {
  const code = postgresCode(error);
  return (
    /CERT|UNABLE_TO_|SELF_SIGNED|^ERR_(SSL|TLS)_|^EPROTO$|CRL/.test(code) ||
    /SSL connection|certificate/.test(wordsOf(error))
  );
}

function at(url: PostgresUrl): string {
  return `The database server at ${place(url)}`;
}

function place({ host, port }: PostgresUrl): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function nameOf({ database }: PostgresUrl): string {
  return database === undefined ? "of the user's name" : `"${database}"`;
}

function userOf({ user }: PostgresUrl): string {
  return user === undefined ? 'this user' : `user "${user}"`;
}
