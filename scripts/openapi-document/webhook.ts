import { CALLBACK_SIGNATURE_HEADER } from '../../src/domain/callback.ts';
import { CALLBACK_EVENT_EXAMPLES } from '../../src/http/v1/examples.ts';
import type { CodeSample } from './code-samples.ts';
import type { Operation } from './document.ts';

/** The receiving side of callbacks: what a customer's server gets, and what it may check. */
const RECEIVERS: CodeSample[] = [
  {
    lang: 'javascript',
    label: 'JavaScript',
    source: `import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const { HMAC_SECRET } = process.env;

function isAuthentic(body, signature = '') {
  const given = Buffer.from(signature, 'hex');
  const expected = createHmac('sha1', HMAC_SECRET)
    .update(body)
    .digest();
  return (
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}

createServer(async (request, response) => {
  // The bytes as they arrived, before any JSON parser.
  const body = await buffer(request);
  const { 'x-sinch-signature': signature } = request.headers;
  if (!isAuthentic(body, signature)) {
    response.writeHead(401).end();
    return;
  }
  response.end();
  console.log(JSON.parse(body));
}).listen(3000);`,
  },
  {
    lang: 'javascript',
    label: 'Node SDK',
    source: `import { NumbersCallbackWebhooks } from '@sinch/sdk-core';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { HMAC_SECRET } = process.env;
const webhooks = new NumbersCallbackWebhooks(HMAC_SECRET);

createServer(async (request, response) => {
  const { headers } = request;
  const body = await text(request);
  if (!webhooks.validateAuthenticationHeader(headers, body)) {
    response.writeHead(401).end();
    return;
  }
  response.end();
  console.log(webhooks.parseEvent(JSON.parse(body)));
}).listen(3000);`,
  },
  {
    lang: 'python',
    label: 'Python',
    source: `import hashlib
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

secret = os.environ["HMAC_SECRET"].encode()


def is_authentic(body, signature):
    expected = hmac.new(secret, body, hashlib.sha1)
    return hmac.compare_digest(
        signature, expected.hexdigest()
    )


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["content-length"])
        # The bytes as they arrived, before any JSON parser.
        body = self.rfile.read(length)
        signature = self.headers.get("x-sinch-signature", "")
        if not is_authentic(body, signature):
            self.send_response(401)
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        print(json.loads(body))


server = HTTPServer(("127.0.0.1", 3000), Receiver)
server.serve_forever()`,
  },
];

export const NUMBER_EVENT: Operation = {
  operationId: 'NumberEvent',
  summary: 'Number event',
  description:
    "Posted to a number's `callbackUrl` when a step of a provisioning has ended. See [callback events](#section/Callback-events) for retries and signatures.",
  tags: ['Callbacks'],
  security: [],
  parameters: [
    {
      in: 'header',
      name: CALLBACK_SIGNATURE_HEADER,
      required: true,
      description: "Hexadecimal HMAC-SHA1 of the body; the key is the project's `hmacSecret`.",
      schema: { type: 'string', pattern: '^[0-9a-f]{40}$' },
      example: 'dcf80daac2f232f4b23d5f719db3aa0fdca6af43',
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/CallbackEvent' },
        examples: CALLBACK_EVENT_EXAMPLES,
      },
    },
  },
  responses: {
    '2XX': { description: 'Taken. Any other answer, or none, and the event is sent again.' },
  },
  'x-codeSamples': RECEIVERS,
};
