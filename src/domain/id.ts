/**
 * Whether a text may be an id that somebody chose, and so whether one can exist: ids stand in paths, a key's
 * in front of the colon of Basic authentication. Ids that the server makes are of this kind too.
 */
export function isId(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}

/** What an id must be, for the person who chose another one. */
export const ID_RULE = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
