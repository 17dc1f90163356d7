/** How much TLS a connection has, in the words of PostgreSQL's own clients. */
export type SslMode = (typeof SSL_MODES)[number];

/**
 * `require` encrypts and does not ask who answers; `verify-ca` wants a certificate of the authorities in
 * `sslrootcert`; `verify-full` wants it to be for this host too. `allow` and `prefer` are left out: they fall
 * back to no TLS when somebody in between wishes so.
 */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const PARAMETERS = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'host',
  'application_name',
  'options',
] as const;
type Parameter = (typeof PARAMETERS)[number];

const PORT_DEFAULT = 5432;

/** A postgres:// URL, taken apart. User, password, database and options that it leaves open come from PGUSER and so on. */
export interface PostgresUrl {
  /** A name, an address, or the folder of a Unix socket. */
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  applicationName: string | undefined;
  /** Settings of the session, as `-c name=value`. */
  options: string | undefined;
  sslMode: SslMode;
  /** Paths of PEM files. */
  sslRootCert: string | undefined;
  sslCert: string | undefined;
  sslKey: string | undefined;
}

/** What is wrong with a postgres:// URL, as the end of a sentence that begins with its name. Never has the password in it. */
export class PostgresUrlError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'PostgresUrlError';
  }
}

/**
 * The URL is read here and not by the driver: there, parameters reach settings of ours, and `require` means
 * something else than it does to every other client.
 * @throws PostgresUrlError
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const url = parseUrl(text);
  const parameters = readParameters(url);
  const mode = parameters.get('sslmode') ?? 'disable';
  const sslMode = SSL_MODES.find((known) => known === mode);
  if (sslMode === undefined) {
    throw new PostgresUrlError(`has an sslmode that is none of ${SSL_MODES.join(', ')}`);
  }
  const parsed: PostgresUrl = {
    host:
      parameters.get('host') ?? (decode(url.hostname).replace(/^\[(.+)\]$/, '$1') || 'localhost'),
    port: url.port === '' ? PORT_DEFAULT : Number(url.port),
    user: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    database: decode(url.pathname.slice(1)) || undefined,
    applicationName: parameters.get('application_name'),
    options: parameters.get('options'),
    sslMode,
    sslRootCert: parameters.get('sslrootcert'),
    sslCert: parameters.get('sslcert'),
    sslKey: parameters.get('sslkey'),
  };
  assertTlsFits(parsed);
  return parsed;
}

function parseUrl(text: string): URL {
  if (/^\w+:\/\/(?:.*@)?[^/?#@]*,/.test(text)) {
    throw new PostgresUrlError('names more than one host: name one that leads to the primary');
  }
  const notUnderstood =
    'cannot be read as postgres://USER:PASSWORD@HOST/DATABASE: write : / ? # @ and % in the password as %3A %2F %3F %23 %40 and %25';
  if (!URL.canParse(text)) throw new PostgresUrlError(notUnderstood);
  const url = new URL(text);
  // Such a character in the password ends the host's part too early, and what follows it must not be shown.
  if (url.hash !== '' || url.pathname.slice(1).includes('/') || url.pathname.includes('@')) {
    throw new PostgresUrlError(notUnderstood);
  }
  return url;
}

function readParameters(url: URL): Map<Parameter, string> {
  const found = new Map<Parameter, string>();
  for (const [name, value] of url.searchParams) {
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (known === undefined) {
      const which = /^[a-z_]{1,40}$/.test(name) ? ` ${name}` : '';
      throw new PostgresUrlError(
        `has a parameter${which} that is not understood; there are ${PARAMETERS.join(', ')}`,
      );
    }
    if (value !== '') found.set(known, value);
  }
  return found;
}

function assertTlsFits(url: PostgresUrl): void {
  const files = [url.sslRootCert, url.sslCert, url.sslKey].filter((file) => file !== undefined);
  if (url.sslMode === 'disable' && files.length > 0) {
    throw new PostgresUrlError('names certificates but no sslmode that uses them');
  }
  if (url.sslMode === 'verify-ca' && url.sslRootCert === undefined) {
    throw new PostgresUrlError('has sslmode=verify-ca, which needs sslrootcert=FILE');
  }
  if ((url.sslCert === undefined) !== (url.sslKey === undefined)) {
    throw new PostgresUrlError('must name sslcert and sslkey together');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresUrlError('has a % that is not followed by two hexadecimal digits: write %25');
  }
}
