import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawRequest {
  method?: string;
  /** Path and query, sent exactly as they stand. */
  target: string;
  /** Lines such as `content-type: application/json`, sent exactly as they stand. */
  headers?: readonly string[];
  /** Absent: neither a body nor a content-length is sent. */
  body?: string;
}

export interface RawAnswer {
  status: number;
  /** Names in the case they have on the wire. */
  headers: [name: string, value: string][];
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  json: any;
}

/** One request over a connection of its own, without a client that tidies it up on the way. */
export async function exchange(
  url: string,
  { method = 'GET', target, headers = [], body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  const lines = [`${method} ${target} HTTP/1.1`, `host: ${host}`, 'connection: close', ...headers];
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk as Buffer));
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
  await once(socket, 'close');
  return parse(Buffer.concat(chunks).toString());
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...headerLines] = answer.slice(0, end).split('\r\n');
  const text = answer.slice(end + '\r\n\r\n'.length);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: headerLines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
    text,
    json,
  };
}
