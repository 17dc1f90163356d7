import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A pooler in transaction mode, with what makes such poolers different: each transaction gets the server
 * connection that has rested longest, and settings that a client wants to begin with are refused. It speaks
 * just enough of PostgreSQL's protocol, without passwords and TLS.
 */
export interface TransactionPooler extends AsyncDisposable {
  port: number;
  /** Transactions by the server connection they ran on. */
  readonly transactions: readonly number[];
}

interface Options {
  serverPort: number;
  user: string;
  database: string;
  serverConnections: number;
  /** Whether settings are ignored instead of refused. */
  ignoresSettings?: boolean;
}

const SSL_REQUEST = 80_877_103;
/** It writes message by message: with Nagle's algorithm each statement would take 40 ms. */
const AT_ONCE = { noDelay: true };
const READY_IDLE = message('Z', Buffer.from('I'));

export async function startTransactionPooler(options: Options): Promise<TransactionPooler> {
  const transactions = Array.from({ length: options.serverConnections }, () => 0);
  const resting = await Promise.all(transactions.map((_, i) => connectToServer(i, options)));
  const all = [...resting];
  const waiting: ((server: ServerConnection) => void)[] = [];
  const take = (): Promise<ServerConnection> => {
    const server = resting.shift();
    return server === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(server);
  };
  const giveBack = (server: ServerConnection) => {
    transactions[server.id] = (transactions[server.id] ?? 0) + 1;
    const next = waiting.shift();
    if (next === undefined) resting.push(server);
    else next(server);
  };
  const clients = new Set<Socket>();
  const listener = createServer(AT_ONCE, (client) => {
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    serve(client, options.ignoresSettings === true, take, giveBack);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    transactions,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      for (const { socket } of all) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

interface ServerConnection {
  id: number;
  socket: Socket;
  /** Gets each of the server's messages. */
  onMessage: (message: Buffer) => void;
}

async function connectToServer(id: number, options: Options): Promise<ServerConnection> {
  const socket = connect({ port: options.serverPort, host: '127.0.0.1', ...AT_ONCE });
  const isReady = Promise.withResolvers<void>();
  socket.on('error', isReady.reject);
  const server: ServerConnection = {
    id,
    socket,
    onMessage: (received) => {
      if (typeOf(received) === 'Z') isReady.resolve();
      if (typeOf(received) === 'E') isReady.reject(new Error(received.toString()));
    },
  };
  onMessages(socket, Buffer.alloc(0), (received) => server.onMessage(received));
  const parameters = `user\0${options.user}\0database\0${options.database}\0\0`;
  socket.write(message('', Buffer.concat([int32(196_608), Buffer.from(parameters)])));
  await isReady.promise;
  return server;
}

function serve(
  client: Socket,
  ignoresSettings: boolean,
  take: () => Promise<ServerConnection>,
  giveBack: (server: ServerConnection) => void,
): void {
  client.once('data', (chunk: Buffer) => {
    if (chunk.readInt32BE(4) === SSL_REQUEST) {
      client.write('N');
      serve(client, ignoresSettings, take, giveBack);
      return;
    }
    const length = chunk.readInt32BE(0);
    const names = chunk.subarray(8, length).toString().split('\0');
    if (names.includes('statement_timeout') && !ignoresSettings) {
      const text = 'unsupported startup parameter: statement_timeout';
      client.end(message('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`)));
      return;
    }
    client.write(Buffer.concat([message('R', int32(0)), READY_IDLE]));
    passTransactions(client, chunk.subarray(length), take, giveBack);
  });
}

/** Sends on what a client says up to the point where it waits for an answer, and keeps the server while a transaction is open. */
function passTransactions(
  client: Socket,
  begun: Buffer,
  take: () => Promise<ServerConnection>,
  giveBack: (server: ServerConnection) => void,
): void {
  let said: Buffer[] = [];
  let server: Promise<ServerConnection> | undefined;
  const send = async (batch: Buffer) => {
    server ??= take();
    const taken = await server;
    taken.onMessage = (received) => {
      if (received.equals(READY_IDLE)) {
        server = undefined;
        giveBack(taken);
      }
      client.write(received);
    };
    taken.socket.write(batch);
  };
  onMessages(client, begun, (received) => {
    if (typeOf(received) === 'X') return;
    said.push(received);
    if (!['S', 'Q'].includes(typeOf(received))) return;
    void send(Buffer.concat(said));
    said = [];
  });
}

/** Cuts what arrives into messages: a letter, the length of what follows with these four bytes, and that. */
function onMessages(socket: Socket, begun: Buffer, take: (received: Buffer) => void): void {
  let rest = begun;
  const cut = () => {
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1);
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    cut();
  });
  cut();
}

function typeOf(received: Buffer): string {
  return String.fromCharCode(received[0] ?? 0);
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
