import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type Asset, findAsset } from '../assets.ts';
import type { Ids } from '../ids.ts';

const FILES: readonly [path: string, asset: Asset, type: string][] = [
  ['/openapi.json', 'openapi/v1.json', 'application/json'],
  ['/openapi.yaml', 'openapi/v1.yaml', 'application/yaml'],
  ['/docs/redoc.standalone.js', 'redoc.standalone.js', 'text/javascript; charset=utf-8'],
  ['/docs/reference.js', 'docs/reference.js', 'text/javascript; charset=utf-8'],
  ['/docs/reference.css', 'docs/reference.css', 'text/css; charset=utf-8'],
  ['/docs/icon.svg', 'docs/icon.svg', 'image/svg+xml'],
];

const HIDDEN = { schema: { hide: true } as object };

/** The reference page and the OpenAPI document, from files of the package: no outside host is asked. */
export function registerDocs(app: FastifyInstance, ids: Ids): void {
  for (const [path, asset, type] of FILES) {
    const file = readOnce(asset);
    app.get(path, HIDDEN, async (request, reply) =>
      sendFile(request, reply.header('content-type', type), await file()),
    );
  }
  const page = readOnce('docs/reference.html');
  app.get('/docs', HIDDEN, async (_request, reply) => {
    const nonce = ids.secret();
    const { text } = await page();
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', toPolicy(nonce))
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .send(text.replace('{{nonce}}', nonce));
  });
  for (const path of ['/', '/docs/']) {
    app.get(path, HIDDEN, (_request, reply) => reply.redirect('/docs'));
  }
}

/** The style sheet of the scroll bars that Redoc brings: the only one that it inserts without the nonce. */
const SCROLL_BAR_STYLE_HASHES =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

/**
 * Everything comes from here, whatever the page tries. Redoc inserts its styles, with the nonce, and runs
 * its search in a worker that it makes of a blob.
 */
function toPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}' ${SCROLL_BAR_STYLE_HASHES}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

interface ServedFile {
  text: string;
  gzipped: Buffer;
  /** Weak, because it stands for the plain form and for the compressed one. */
  etag: string;
}

/** Reads a file when it is first asked for, and keeps it: compressing Redoc takes longer than serving it. */
function readOnce(asset: Asset): () => Promise<ServedFile> {
  let file: Promise<ServedFile> | undefined;
  return () => (file ??= readServedFile(asset));
}

/** Redoc's own logo, from its maker's host. With an empty address there is none, and nothing is asked for. */
const OUTSIDE_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

async function readServedFile(asset: Asset): Promise<ServedFile> {
  const text = (await readFile(findAsset(asset), 'utf8')).replaceAll(OUTSIDE_LOGO, 'data:,');
  return {
    text,
    gzipped: await promisify(gzip)(text),
    etag: `W/"${hash('sha256', text, 'base64url')}"`,
  };
}

/** Browsers keep a file and ask each time whether it is still the same: after an update they have the new one. */
function sendFile(request: FastifyRequest, reply: FastifyReply, file: ServedFile): FastifyReply {
  void reply
    .header('cache-control', 'no-cache')
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .header('x-content-type-options', 'nosniff');
  if (request.headers['if-none-match']?.includes(file.etag)) return reply.code(304).send();
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(file.text);
  return reply.header('content-encoding', 'gzip').send(file.gzipped);
}
