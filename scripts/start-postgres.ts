import { openPostgresHome } from './postgres-server.ts';

export interface RunningPostgres extends AsyncDisposable {
  /** Of a superuser, who may create databases. */
  url: string;
}

/**
 * A real PostgreSQL for the tests, on a free port, with its data in a temporary folder.
 * @throws Error that says what to install when there are no programs for it.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome());
  const server = stack.use(
    await home.start(home.initialize('data'), {
      max_connections: '300',
      synchronous_commit: 'off',
    }),
  );
  const owned = stack.move();
  return { url: server.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
