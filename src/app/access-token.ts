import { errors, jwtVerify, SignJWT } from 'jose';

import { toDate } from '../clock.ts';
import type { Context } from '../context.ts';
import type { ProjectId } from '../domain/project-id.ts';
import { type Timestamp, toTimestamp } from '../domain/timestamp.ts';
import { findAccessKey } from '../store/access-key.ts';

/** One hour, as the original. */
const TOKEN_LIFE_SECONDS = 3600;

export type TokenReading =
  | {
      outcome: 'VALID';
      principal: { projectId: ProjectId; keyId: string };
      expiresAt: Timestamp;
    }
  | { outcome: 'EXPIRED' }
  | { outcome: 'INVALID' };

/** A bearer token for a key that has proved itself: a JWT, because clients look into it for its `exp`. */
export async function issueToken(
  context: Context,
  key: { projectId: ProjectId; keyId: string },
): Promise<{ token: string; expiresInSeconds: number }> {
  const issuedAt = epochSeconds(context.clock.now());
  const token = await new SignJWT({ project: key.projectId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(key.keyId)
    .setJti(context.ids.ulid())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_LIFE_SECONDS)
    .sign(context.tokenKey);
  // One second less than the truth, like the original: by the time it is read, a moment has passed.
  return { token, expiresInSeconds: TOKEN_LIFE_SECONDS - 1 };
}

/** Checks a token's signature and time, and that its key has not been revoked since. */
export async function readToken(context: Context, token: string): Promise<TokenReading> {
  const now = context.clock.now();
  try {
    const { payload } = await jwtVerify<{ project?: unknown }>(token, context.tokenKey, {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'project'],
      currentDate: toDate(now),
    });
    const key = await context.store.read((db) => findAccessKey(db, payload.sub ?? ''));
    if (key === undefined || key.revokedAt !== null || key.projectId !== payload.project) {
      return { outcome: 'INVALID' };
    }
    const expiresAt = toTimestamp(
      Temporal.Instant.fromEpochMilliseconds((payload.exp ?? 0) * 1000),
    );
    return { outcome: 'VALID', principal: { projectId: key.projectId, keyId: key.id }, expiresAt };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { outcome: 'EXPIRED' };
    if (error instanceof errors.JOSEError) return { outcome: 'INVALID' };
    throw error;
  }
}

function epochSeconds(at: Timestamp): number {
  return Math.floor(Temporal.Instant.from(at).epochMilliseconds / 1000);
}
