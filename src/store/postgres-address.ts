import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';

import type pg from 'pg';

import { DomainError } from '../errors.ts';
import { parsePostgresUrl, type PostgresUrl, PostgresUrlError } from './postgres-url.ts';

/** Where a database is, and how to get in. */
export interface PostgresAddress {
  url: PostgresUrl;
  /** What the operator calls the URL. */
  variable: string;
  /** The same for the driver. */
  client: pg.ClientConfig;
}

/**
 * Reads a postgres:// URL and the certificates it names.
 * @throws DomainError UNAVAILABLE with one line for the operator.
 */
export function readAddress(databaseUrl: string, variable: string): PostgresAddress {
  try {
    const url = parsePostgresUrl(databaseUrl);
    return { url, variable, client: toClientConfig(url) };
  } catch (error) {
    if (!(error instanceof PostgresUrlError)) throw error;
    throw new DomainError('UNAVAILABLE', `${variable} ${error.message}.`, { cause: error });
  }
}

function toClientConfig(url: PostgresUrl): pg.ClientConfig {
  return {
    host: url.host,
    port: url.port,
    user: url.user,
    password: url.password,
    database: url.database,
    ssl: toTls(url),
    fallback_application_name: 'numberyard',
    application_name: url.applicationName,
    options: url.options,
  };
}

/**
 * The TLS that a URL asks for; `false` for none. Unix sockets have none, whatever the URL says.
 * @throws PostgresUrlError when a file cannot be read or is not what it should be.
 */
function toTls(url: PostgresUrl): ConnectionOptions | false {
  if (url.sslMode === 'disable' || url.host.startsWith('/')) return false;
  const files: Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> = {
    ...readPem('sslrootcert', 'ca', url.sslRootCert),
    ...readPem('sslcert', 'cert', url.sslCert),
    ...readPem('sslkey', 'key', url.sslKey),
  };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new PostgresUrlError(
      `names an sslcert and an sslkey that do not fit (${reasonOf(error)})`,
    );
  }
  switch (url.sslMode) {
    case 'require':
      // As PostgreSQL's own clients have it: authorities that are named are asked.
      return url.sslRootCert === undefined
        ? { ...files, rejectUnauthorized: false }
        : { ...files, rejectUnauthorized: true, checkServerIdentity: acceptAnyName };
    case 'verify-ca':
      return { ...files, rejectUnauthorized: true, checkServerIdentity: acceptAnyName };
    case 'verify-full':
      return { ...files, rejectUnauthorized: true };
  }
}

function readPem<Name extends 'ca' | 'cert' | 'key'>(
  parameter: string,
  name: Name,
  path: string | undefined,
): Partial<Record<Name, string>> {
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PostgresUrlError(`names an ${parameter} that cannot be read (${reasonOf(error)})`);
  }
  // Without one, Node would go on with none at all.
  if (!/-----BEGIN [A-Z ]*(CERTIFICATE|PRIVATE KEY)-----/.test(text)) {
    throw new PostgresUrlError(`names an ${parameter} that is not in PEM format`);
  }
  return { [name]: text } as Partial<Record<Name, string>>;
}

function acceptAnyName(): undefined {
  return undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
