import { hash, timingSafeEqual } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Caller } from '../app/caller.ts';
import { readToken } from '../app/access-token.ts';
import { hashSecret } from '../app/access-key-secret.ts';
import type { Context } from '../context.ts';
import { isId } from '../domain/id.ts';
import type { ProjectId } from '../domain/project-id.ts';
import type { Timestamp } from '../domain/timestamp.ts';
import { DomainError } from '../errors.ts';
import { findAccessKey } from '../store/access-key.ts';
import { RateLimiter } from './rate-limiter.ts';

/** How long a verified credential is taken without asking the database: so long may a revoked key live on. */
const CACHE_MS = 5000;
/** More credentials than this at once are not kept, so that a flood of wrong ones costs no memory. */
const CACHE_ENTRIES_MAX = 10_000;

/** Who presented valid credentials. The only source of a ProjectId in requests. */
export interface Principal {
  projectId: ProjectId;
  keyId: string;
}

interface CachedPrincipal extends Principal {
  checkedAtMs: number;
  /** Only of tokens. */
  expiresAt: Timestamp | undefined;
}

/** Verifies credentials: Basic with a key and its secret, or a bearer token that such a key was exchanged for. */
export class Authenticator {
  readonly #context: Context;
  readonly #rates = new RateLimiter();
  readonly #cache = new Map<string, CachedPrincipal>();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * The project of the path, if these are its credentials.
   * @throws DomainError UNAUTHENTICATED for missing or wrong credentials, PERMISSION_DENIED for those of
   * another project, whether the one in the path exists or not, RESOURCE_EXHAUSTED for too many requests a second.
   */
  async authenticateProject(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const { projectId } = request.params as { projectId: string };
    const principal = await this.authenticate(request, reply);
    if (principal.projectId !== projectId) {
      throw new DomainError('PERMISSION_DENIED', '', {
        internal: `key ${principal.keyId} asked for another project`,
      });
    }
    const { limits, clock } = this.#context;
    this.#rates.count(principal, await limits.of(principal.projectId), reply, clock.now());
    return { projectId: principal.projectId, actor: principal.keyId, requestId: request.id };
  }

  /** Any valid credentials. @throws DomainError UNAUTHENTICATED */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    const header = request.headers.authorization ?? '';
    // The hash stands for the credential, so that no secret stays in memory.
    const digest = hash('sha256', header, 'base64');
    const cached = this.#cache.get(digest);
    if (cached !== undefined && performance.now() - cached.checkedAtMs < CACHE_MS) {
      if (cached.expiresAt === undefined || this.#context.clock.now() < cached.expiresAt) {
        return cached;
      }
    }
    const verified = await this.#verify(header, reply);
    if (this.#cache.size >= CACHE_ENTRIES_MAX) this.#cache.clear();
    this.#cache.set(digest, verified);
    return verified;
  }

  async #verify(header: string, reply: FastifyReply): Promise<CachedPrincipal> {
    const checkedAtMs = performance.now();
    const [scheme = '', credential = ''] = header.split(' ');
    if (scheme.toLowerCase() === 'basic') {
      const principal = await verifyBasic(this.#context, credential);
      if (principal === undefined) {
        throw refuse(reply, 'Basic realm="numberyard"', 'The key id or its secret is wrong.');
      }
      return { ...principal, checkedAtMs, expiresAt: undefined };
    }
    if (scheme.toLowerCase() === 'bearer') {
      const token = await readToken(this.#context, credential);
      switch (token.outcome) {
        case 'VALID':
          return { ...token.principal, checkedAtMs, expiresAt: token.expiresAt };
        case 'EXPIRED':
          // Clients fetch a new token when, and only when, this header holds the word "expired".
          throw refuse(
            reply,
            'Bearer error="invalid_token", error_description="Jwt is expired"',
            'The access token is expired.',
          );
        case 'INVALID':
          throw refuse(reply, 'Bearer error="invalid_token"', 'The access token is not valid.');
      }
    }
    throw refuse(
      reply,
      'Basic realm="numberyard", Bearer',
      'Send Basic authentication with a key id and its secret, or a bearer token from /oauth2/token.',
    );
  }
}

/** @returns `undefined` when the credential is not that of a valid key. */
export async function verifyBasic(
  context: Context,
  credential: string,
): Promise<Principal | undefined> {
  const text = Buffer.from(credential, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return verifyKey(context, text.slice(0, colon), text.slice(colon + 1));
}

/** Takes the same time for an unknown key as for a wrong secret. */
export async function verifyKey(
  context: Context,
  keyId: string,
  secret: string,
): Promise<Principal | undefined> {
  const key = isId(keyId) ? await context.store.read((db) => findAccessKey(db, keyId)) : undefined;
  const expected = Buffer.from(key?.secretHash ?? hashSecret(''), 'hex');
  const isRight = timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), expected);
  if (key === undefined || key.revokedAt !== null || !isRight) return undefined;
  return { projectId: key.projectId, keyId: key.id };
}

function refuse(reply: FastifyReply, challenge: string, message: string): DomainError {
  // In lower case: one client looks the header up by exactly this name.
  void reply.header('www-authenticate', challenge);
  return new DomainError('UNAUTHENTICATED', message);
}
