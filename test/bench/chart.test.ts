import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawSearchChart } from '../../bench/chart.ts';
import type { EngineResults } from '../../bench/results.ts';

const SIZES = [10_000, 1_000_000, 10_000_000];
const KINDS = [
  'no pattern',
  'START',
  'END',
  'CONTAINS 3',
  'CONTAINS 5',
  'CONTAINS 7',
  'CONTAINS 6 with *',
];
/** Of a label, from one line of text to the next. */
const LABEL_HEIGHT = 16;
/** Of the widest usual font, on average. */
const CHARACTER_WIDTH = 7.6;

test('a chart has a panel for each engine and a line for each kind that is drawn', () => {
  const svg = drawSearchChart({ engines: [engineOf('sqlite', 0.1), engineOf('postgres', 1)] });
  assert.match(svg, />SQLite</);
  assert.match(svg, />PostgreSQL</);
  assert.equal(svg.match(/class="line /g)?.length, 2 * KINDS.length);
  for (const size of ['10 k', '1 M', '10 M']) assert.ok(svg.includes(`>${size}<`), size);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  assert.doesNotMatch(svg, /not drawn/);
});

test('labels of lines that lie upon each other stand apart, within the panel', () => {
  for (const latency of [0.1, 0.011, 9.9]) {
    const svg = drawSearchChart({ engines: [engineOf('sqlite', latency)] });
    const labels = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)">[^<]+<tspan/g)].map(([, y]) =>
      Number(y),
    );
    assert.equal(labels.length, KINDS.length);
    const sorted = labels.toSorted((a, b) => a - b);
    const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)?.[1]);
    assert.ok((sorted[0] ?? 0) > LABEL_HEIGHT && (sorted.at(-1) ?? 0) < height - LABEL_HEIGHT);
    for (const [i, y] of sorted.entries()) {
      if (i > 0) assert.ok(y - (sorted[i - 1] as number) >= LABEL_HEIGHT, sorted.join(' '));
    }
  }
});

test('a label ends before the next panel begins', () => {
  const svg = drawSearchChart({ engines: [engineOf('sqlite', 0.1), engineOf('postgres', 1)] });
  const labels = [
    ...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+">([^<]+)<tspan class="value">([^<]+)/g),
  ];
  const ends = labels.map(([, x, name = '', value = '']) => ({
    from: Number(x),
    to: Number(x) + CHARACTER_WIDTH * (name + value).length,
  }));
  const ticks = [...svg.matchAll(/class="tick end" x="([\d.]+)"/g)].map(([, x]) => Number(x));
  const nextPanel = Math.max(...ticks) - CHARACTER_WIDTH * '200 ms'.length;
  const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  assert.equal(ends.length, 2 * KINDS.length);
  for (const { from, to } of ends) {
    assert.ok(to < (from < nextPanel ? nextPanel : width), `${from} to ${to}`);
  }
});

test('a line that is slower ends higher', () => {
  const engine = engineOf('sqlite', 0.1);
  const slow = engine.stocks[2]?.search[3];
  assert.ok(slow !== undefined);
  slow.p99Ms = 5;
  const svg = drawSearchChart({ engines: [engine] });
  const endOf = (line: number) => {
    const points = new RegExp(`class="line c${line}"><path d="M([^"]+)"`).exec(svg)?.[1] ?? '';
    return Number(points.split('L').at(-1)?.split(' ')[1]);
  };
  assert.ok(endOf(3) < endOf(2) - 50, `${endOf(3)} and ${endOf(2)}`);
});

/** All kinds as fast as each other, at every size. */
function engineOf(engine: EngineResults['engine'], latencyMs: number): EngineResults {
  const stocks = SIZES.map((size) => ({
    size,
    bytesPerNumber: 97,
    buildSeconds: 1,
    search: [...KINDS, 'not drawn'].map((name) => ({
      name,
      isPattern: true,
      isDrawn: name !== 'not drawn',
      p50Ms: latencyMs / 2,
      p99Ms: latencyMs,
      found: 20,
      ranges: 1,
      rows: 20,
      entries: undefined,
    })),
  }));
  return { engine, stocks } as unknown as EngineResults;
}
