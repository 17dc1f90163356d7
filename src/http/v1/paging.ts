import type { PageTokens } from '../../domain/page-token.ts';
import { DomainError, invalidField } from '../../errors.ts';

/** The error of an order that there is not, as the original sends it: with the field in snake_case. */
export function invalidOrderBy(orderBy: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', '', {
    details: [
      {
        type: 'BadRequest',
        fieldViolations: [{ field: 'order_by', description: `Invalid order_by ${orderBy}` }],
      },
    ],
  });
}

/**
 * Where a page begins, as it was put into the token; `undefined` for the first one.
 * @param scope what the list was asked for, as it was when the token was made.
 * @throws DomainError INVALID_ARGUMENT when the token was made for another list, or not by us.
 */
export function readPageToken(
  pageTokens: PageTokens,
  scope: () => string,
  token: string | undefined,
): unknown {
  if (token === undefined) return undefined;
  const position = pageTokens.decode(scope(), token);
  if (position === undefined) {
    throw invalidField(
      'pageToken',
      'is not a token of this list: send the nextPageToken of an answer with the same filters.',
    );
  }
  return position;
}
