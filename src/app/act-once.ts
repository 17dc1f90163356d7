import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { DomainError } from '../errors.ts';
import {
  type Answer,
  claimKey,
  findKey,
  keepAnswer,
  type KeyClaim,
  releaseKey,
} from '../store/kept-answer.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';

/** How long a key has its answer: longer than any client goes on trying. */
const KEEP_MS = 24 * 3_600_000;
/**
 * Longer than a request can take: four statements that are cut off at the default limit. It is also how long a
 * client whose server died is told to wait. It decides no race: a claim that was taken over can write nothing.
 */
const LEASE_MS = 120_000;
/** The longest answer, to an order of a hundred numbers, has about a fifth of this. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** The name of the header, as errors name it. */
export const KEY_HEADER = 'Idempotency-Key';

/** A request that is to be carried out once, however often it is sent. */
export interface KeyedRequest {
  key: string;
  /** The same for the same request, and only for that. */
  requestHash: string;
  /** The number whose emergency address a good answer shows: it is kept no longer than the number has it. */
  addressOf?: E164 | undefined;
}

/** What is kept of a request, from what came of it. */
export interface AnswerForms<Result> {
  toAnswer: (result: Result) => Answer;
  /** `undefined` for an error after which the same request may go well: then the key is as good as new. */
  toErrorAnswer: (error: unknown) => Answer | undefined;
}

/**
 * Does something once for a key of the caller's project, and has its first answer for every repetition.
 *
 * The answer is stored in the write of `act` that has an effect, so that there is never the one without the
 * other. Which write that is, its value says: `act` may make any number of writes that return `undefined`, which
 * must leave nothing behind, and one that returns something, which must be what `act` returns itself.
 * @throws DomainError ABORTED while the first request with the key is under way, KEY_REUSED when the key was
 * used for another request; and whatever `act` throws.
 */
export async function actOnce<Result>(
  context: Context,
  { projectId }: Pick<Caller, 'projectId'>,
  request: KeyedRequest,
  act: (context: Context) => Promise<Result>,
  { toAnswer, toErrorAnswer }: AnswerForms<Result>,
): Promise<{ answer: Answer; isReplayed: boolean }> {
  const { key, addressOf } = request;
  const claim: KeyClaim = { projectId, key, claimId: context.ids.uuid(), addressOf };
  const first = await claimOrFind(context, claim, request);
  if (first !== undefined) return { answer: first, isReplayed: true };

  const keeping = keepInWrite(context.store, claim, (value) => toAnswer(value as Result));
  let result: Result;
  try {
    result = await act({ ...context, store: keeping.store });
  } catch (error) {
    if (keeping.kept() === undefined) {
      await settleFailure(context.store, claim, toErrorAnswer(error));
    }
    throw error;
  }
  const kept = keeping.kept();
  if (kept === undefined) {
    const answer = toAnswer(result);
    await context.store.write((db) => keepOwned(db, claim, answer));
    return { answer, isReplayed: false };
  }
  if (kept.value !== result) {
    throw new Error('A write returned something else than the use case: see actOnce.');
  }
  return { answer: kept.answer, isReplayed: false };
}

/** @returns the answer that the key has already; `undefined`: the claim is ours. */
async function claimOrFind(
  { store, clock }: Context,
  claim: KeyClaim,
  { requestHash }: KeyedRequest,
): Promise<Answer | undefined> {
  const now = clock.now();
  const leaseEnd = addMilliseconds(now, LEASE_MS);
  const expireAt = addMilliseconds(now, KEEP_MS);
  const found = await store.write(async (db) => {
    if (await claimKey(db, { ...claim, requestHash, now, leaseEnd, expireAt })) return undefined;
    // It cannot have gone: the claim that failed has locked it.
    return findKey(db, claim.projectId, claim.key);
  });
  if (found === undefined) return undefined;
  if (found.requestHash !== requestHash) throw keyReused();
  if (found.answer === undefined) throw stillRunning();
  return found.answer;
}

interface Kept {
  value: unknown;
  answer: Answer;
}

/** A store whose write also stores the answer to what it returns, and undoes both when the claim is lost. */
function keepInWrite(
  store: Store,
  claim: KeyClaim,
  toAnswer: (value: unknown) => Answer,
): { store: Store; kept: () => Kept | undefined } {
  let kept: Kept | undefined;
  const write: Store['write'] = async (fn, options) => {
    const written = await store.write(async (db) => {
      const value = await fn(db);
      // Set only after a commit, so that a write that is run again from its start finds nothing changed.
      if (value !== undefined && kept !== undefined) {
        throw new Error('A use case made two writes with an effect: see actOnce.');
      }
      const answer = value === undefined ? undefined : toAnswer(value);
      if (answer !== undefined) await keepOwned(db, claim, answer);
      return { value, answer };
    }, options);
    const { value, answer } = written;
    if (answer !== undefined) kept = { value, answer };
    return value;
  };
  return { store: { ...store, write }, kept: () => kept };
}

/** @throws DomainError ABORTED, for the transaction to be undone, when somebody has taken the claim over. */
async function keepOwned(db: Writer, claim: KeyClaim, answer: Answer): Promise<void> {
  const bytes = Buffer.byteLength(answer.body);
  if (bytes > ANSWER_BYTES_MAX) throw new Error(`An answer of ${bytes} bytes cannot be kept.`);
  if (!(await keepAnswer(db, claim, answer))) throw stillRunning();
}

/** An error without an effect is an answer like any other; after one that may pass, the key is as good as new. */
async function settleFailure(
  store: Store,
  claim: KeyClaim,
  answer: Answer | undefined,
): Promise<void> {
  if (answer !== undefined) {
    await store.write((db) => keepOwned(db, claim, answer));
    return;
  }
  await store
    .write((db) => releaseKey(db, claim))
    .catch(() => {
      // The lease will run out by itself.
    });
}

function stillRunning(): DomainError {
  return new DomainError(
    'ABORTED',
    `The first request with this ${KEY_HEADER} is still under way; try again.`,
  );
}

function keyReused(): DomainError {
  const description = 'was used for another request: the same key needs the same path and body.';
  return new DomainError('KEY_REUSED', `${KEY_HEADER}: ${description}`, {
    details: [{ type: 'BadRequest', fieldViolations: [{ field: KEY_HEADER, description }] }],
  });
}
