import { million } from './goals.ts';
import type { BenchResults, EngineResults } from './results.ts';

const PANEL = { width: 330, height: 360, top: 74, left: 62, labels: 212 };
const PANEL_STEP = PANEL.width + PANEL.labels + 54;
const LABEL_GAP = 17;
const TICKS_MS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const GOAL_MS = 1;
const TITLES = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/**
 * Colours in the order of the lines, for a light and for a dark ground: hues that people with any kind of
 * colour vision tell apart as far as ten can be, and every line has its name at its end.
 */
const COLOURS: readonly (readonly [string, string])[] = [
  ['#57606a', '#9198a1'],
  ['#0969da', '#58a6ff'],
  ['#1a7f37', '#3fb950'],
  ['#9a6700', '#d29922'],
  ['#bc4c00', '#f0883e'],
  ['#cf222e', '#ff7b72'],
  ['#8250df', '#bc8cff'],
  ['#bf3989', '#f778ba'],
  ['#1b7c83', '#39c5cf'],
  ['#4d2d00', '#e3b341'],
];

interface Line {
  name: string;
  points: { size: number; latencyMs: number }[];
}

/**
 * Latency against the size of the stock, both logarithmic, a line for each kind of search and a panel for
 * each engine: an SVG that follows the reader's light or dark theme.
 */
export function drawSearchChart({ engines }: Pick<BenchResults, 'engines'>): string {
  const panels = engines.map(toLines);
  const latencies = panels.flat().flatMap(({ points }) => points.map((point) => point.latencyMs));
  const range = toRange([...latencies, GOAL_MS]);
  const width = PANEL.left + PANEL_STEP * panels.length;
  const height = PANEL.top + PANEL.height + 58;
  const drawn = engines.map((engine, i) =>
    drawPanel(TITLES[engine.engine], panels[i] as Line[], PANEL.left + i * PANEL_STEP, range),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Search latency against the size of the stock">
<style>${drawStyle()}</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
<text class="title" x="${PANEL.left}" y="30">99 of 100 searches are answered within …</text>
${drawn.join('\n')}
</svg>
`;
}

function toLines({ stocks }: EngineResults): Line[] {
  const names = stocks[0]?.search.filter(({ isDrawn }) => isDrawn).map(({ name }) => name) ?? [];
  return names.map((name) => ({
    name,
    points: stocks.flatMap(({ size, search }) => {
      const result = search.find((candidate) => candidate.name === name);
      return result === undefined ? [] : [{ size, latencyMs: result.p99Ms }];
    }),
  }));
}

interface Range {
  from: number;
  to: number;
}

/** From the tick below all values to the tick above them. */
function toRange(values: readonly number[]): Range {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return {
    from: TICKS_MS.findLast((tick) => tick <= low) ?? (TICKS_MS[0] as number),
    to: TICKS_MS.find((tick) => tick >= high) ?? (TICKS_MS.at(-1) as number),
  };
}

/** Where a value lies between two others, from 0 to 1, logarithmically. */
function share(value: number, { from, to }: Range): number {
  return to === from ? 0 : Math.log(value / from) / Math.log(to / from);
}

function drawPanel(title: string, lines: readonly Line[], left: number, range: Range): string {
  const bottom = PANEL.top + PANEL.height;
  const right = left + PANEL.width;
  const sizes = lines[0]?.points.map(({ size }) => size) ?? [];
  const sizeRange = { from: sizes[0] ?? 1, to: sizes.at(-1) ?? 1 };
  const xOf = (size: number) => left + PANEL.width * share(size, sizeRange);
  const yOf = (ms: number) => bottom - PANEL.height * share(ms, range);

  const ticks = TICKS_MS.filter((tick) => tick >= range.from && tick <= range.to).map((tick) => {
    const y = round(yOf(tick));
    const kind = tick === GOAL_MS ? 'goal' : 'grid';
    return `<path class="${kind}" d="M${left} ${y}H${right}"/><text class="tick end" x="${left - 8}" y="${y + 4}">${tick} ms</text>`;
  });
  const places = sizes.map(
    (size) =>
      `<path class="grid" d="M${round(xOf(size))} ${PANEL.top}V${bottom}"/><text class="tick middle" x="${round(xOf(size))}" y="${bottom + 20}">${million(size)}</text>`,
  );
  const labelYs = spread(
    lines.map(({ points }) => yOf(points.at(-1)?.latencyMs ?? range.from)),
    { from: PANEL.top, to: bottom },
  );
  const curves = lines.map(({ name, points }, i) => {
    const at = points.map(({ size, latencyMs }) => [round(xOf(size)), round(yOf(latencyMs))]);
    const [x = 0, y = 0] = at.at(-1) ?? [];
    const labelY = round(labelYs[i] as number);
    const dots = at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`).join('');
    const latency = (points.at(-1)?.latencyMs ?? Number.NaN).toPrecision(2);
    return `<g class="line c${i}"><path d="M${at.map((point) => point.join(' ')).join('L')}"/>${dots}<path class="leader" d="M${x + 4} ${y}L${right + 14} ${labelY}"/><text x="${right + 18}" y="${labelY + 4}">${name} <tspan class="value">${latency} ms</tspan></text></g>`;
  });
  return [
    `<text class="engine" x="${left}" y="${PANEL.top - 18}">${title}</text>`,
    ...ticks,
    ...places,
    `<text class="tick middle" x="${left + PANEL.width / 2}" y="${bottom + 42}">numbers in stock</text>`,
    ...curves,
  ].join('\n');
}

/** Moves places apart until none is nearer to the next than a label is high, in their order. */
function spread(wanted: readonly number[], { from, to }: Range): number[] {
  const order = wanted
    .map((_, i) => i)
    .sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed = order.map((i) => wanted[i] as number);
  // Down from the top, and then back up from the bottom: what fits lies within the bounds.
  for (let i = 0; i < placed.length; i++) {
    const least = i === 0 ? from : (placed[i - 1] as number) + LABEL_GAP;
    placed[i] = Math.max(placed[i] as number, least);
  }
  for (let i = placed.length - 1; i >= 0; i--) {
    const most = i === placed.length - 1 ? to : (placed[i + 1] as number) - LABEL_GAP;
    placed[i] = Math.min(placed[i] as number, most);
  }
  const result: number[] = [];
  order.forEach((line, i) => (result[line] = placed[i] as number));
  return result;
}

function drawStyle(): string {
  const colours = (theme: 0 | 1) =>
    COLOURS.map((pair, i) => `.c${i}{color:${pair[theme]}}`).join('');
  return `text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--text)}
svg{--text:#1f2328;--faint:#59636e;--grid:#d1d9e0;--ground:#ffffff}
.ground{fill:var(--ground)}.title{font-size:15px;font-weight:600}.engine{font-size:14px;font-weight:600}
.tick{font-size:12px;fill:var(--faint)}.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:var(--grid);stroke-width:1}.goal{stroke:var(--faint);stroke-width:1.5;stroke-dasharray:5 4}
.line path{fill:none;stroke:currentColor;stroke-width:2}.line circle{fill:currentColor}.line .leader{stroke-width:1;opacity:.6}
.line text{fill:currentColor}.value{fill:var(--faint);font-size:12px}${colours(0)}
@media (prefers-color-scheme:dark){svg{--text:#e6edf3;--faint:#9198a1;--grid:#30363d;--ground:#0d1117}${colours(1)}}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
