/** "Town, State" and "Town - ST" in two. A text with several commas is a list of towns. */
export function splitSuffix(text: string): { body: string; suffix: string | undefined } {
  const match = /^(?<body>[^,]+?)(?:, | - )(?<suffix>[^,]+)$/.exec(text);
  const { body = text, suffix } = match?.groups ?? {};
  return { body, suffix };
}
