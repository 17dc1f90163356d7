/**
 * A row of CSV by RFC 4180, with its line break. Spreadsheets compute a cell that begins like a formula, and what
 * it says may come from anybody, so an apostrophe stands before it, which makes it text. A number with a sign, such as
 * +12025550134 or -0.50, computes nothing: it stays as it is, for programs.
 */
export function toCsvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => quote(isFormula(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

/** Also with the wide characters of East Asian keyboards, which some spreadsheets take for these. */
function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]\d+(?:\.\d+)?$/.test(cell);
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
