/** A cell of several lines holds them with line feeds between. A row of one cell goes over all columns. */
export type Row = readonly string[];

/** Columns stand in line, with two spaces between; those in `alignRight` end in line instead. */
export function formatTable(header: Row, rows: readonly Row[], alignRight: Row = []): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.split('\n')));
  const widths = header.map((_, column) =>
    Math.max(
      ...cells
        .filter((row) => row.length > 1)
        .flatMap((row) => (row[column] ?? []).map((line) => line.length)),
    ),
  );
  const lines: string[] = [];
  for (const row of cells) {
    const height = Math.max(...row.map((cell) => cell.length));
    for (let i = 0; i < height; i++) {
      const texts = widths.map((width, column) => {
        const text = row[column]?.[i] ?? '';
        const isRight = alignRight.includes(header[column] ?? '');
        return isRight ? text.padStart(width) : text.padEnd(width);
      });
      lines.push(texts.join('  ').trimEnd());
    }
  }
  return lines.join('\n');
}

/** With a comma between the thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
