import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One address that leads to changing places, as a virtual address or a load balancer before a database does. */
export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Where new connections go; `undefined`: nowhere, they are closed. */
  target: number | undefined;
  /** Connections now, and at most at the same time so far. */
  readonly open: number;
  readonly mostOpen: number;
  /** Ends all connections at once. */
  breakAll(): void;
  /** From now on nothing passes on the connections there are, and neither end hears of it. New ones work. */
  freezeAll(): void;
  /** Nothing passes on new connections either. */
  isFrozen: boolean;
}

/** @param target a port of the host. */
export async function startTcpProxy(
  target: number | undefined,
  host = '127.0.0.1',
): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const frozen: Socket[] = [];
  let mostOpen = 0;
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {});
    if (proxy.isFrozen) {
      frozen.push(client);
      return;
    }
    if (proxy.target === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect({ port: proxy.target, host, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    mostOpen = Math.max(mostOpen, pairs.size);
    const end = () => {
      if (!pairs.delete(pair)) return;
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    isFrozen: false,
    get open() {
      return pairs.size;
    },
    get mostOpen() {
      return mostOpen;
    },
    breakAll() {
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
    },
    freezeAll() {
      for (const pair of pairs) {
        pairs.delete(pair);
        for (const socket of pair) socket.unpipe().pause();
        frozen.push(...pair);
      }
    },
    async [Symbol.asyncDispose]() {
      this.breakAll();
      for (const socket of frozen) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** The same database by way of the proxy. */
export function through(proxy: TcpProxy, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return url.href;
}
