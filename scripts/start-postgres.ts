import { openPostgresHome, type Settings } from './postgres-server.ts';

export interface RunningPostgres extends AsyncDisposable {
  /** Of a superuser, who may create databases. */
  url: string;
}

export interface PostgresOptions {
  /** A folder where the data stays, for the next start. Without one it is a temporary one. */
  keptIn?: string;
  /** On top of those of the tests, or in their place. */
  settings?: Settings;
}

/**
 * A real PostgreSQL for tests and benchmarks, on a free port.
 * @throws Error that says what to install when there are no programs for it.
 */
export async function startPostgres({
  keptIn,
  settings = {},
}: PostgresOptions = {}): Promise<RunningPostgres> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome(keptIn));
  const server = stack.use(
    await home.start(home.initialize('data'), {
      max_connections: '300',
      synchronous_commit: 'off',
      ...settings,
    }),
  );
  const owned = stack.move();
  return { url: server.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
