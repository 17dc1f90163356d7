import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** The far end of an outgoing request: a real HTTP server on a free loopback port that notes what it gets. */
export interface RecordingListener extends AsyncDisposable {
  port: number;
  /** `http://127.0.0.1:PORT` */
  url: string;
  requests: RecordedRequest[];
  /** How many TCP connections were ever opened. */
  connections: number;
}

export type Responder = (
  request: RecordedRequest,
  response: ServerResponse,
  earlierRequests: number,
) => void;

/** Answers every request as `respond` says; with an empty 200 when it is left out. */
export async function startRecordingListener(
  respond: Responder = (_request, response) => response.end(),
): Promise<RecordingListener> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, response) => {
    void record(incoming).then((request) => {
      requests.push(request);
      respond(request, response, requests.length - 1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const listener: RecordingListener = {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: 0,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  server.on('connection', () => (listener.connections += 1));
  return listener;
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
