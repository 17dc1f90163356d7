/** Of towns with the same name, that one is meant that lies among the places with similar numbers. */
import type { City } from './sources.ts';

interface Point {
  latitude: number;
  longitude: number;
}

/** Fewer say nothing about where a number's neighbours are. */
const NEIGHBOURS_MIN = 4;
/** A place may be this many times as far away as its neighbours are on average … */
const SPREADS_MAX = 3;
/** … and never has to be nearer than this. */
const NEAR_KM = 60;
/** A town of its name alone may be farther away, */
const ONLY_ONE_KM = 150;
/** and a large one anywhere. */
const LARGE_POPULATION = 50_000;

export class Neighbourhood {
  readonly #byHead = new Map<string, Point[]>();

  add(prefixes: Iterable<string>, { latitude, longitude }: Point): void {
    for (const prefix of prefixes) {
      for (let length = 1; length <= prefix.length; length++) {
        const head = prefix.slice(0, length);
        const points = this.#byHead.get(head);
        if (points === undefined) this.#byHead.set(head, [{ latitude, longitude }]);
        else points.push({ latitude, longitude });
      }
    }
  }

  /** The nearest of the candidates; `undefined` when even that is far off. Without neighbours the first one. */
  closest(prefixes: Iterable<string>, candidates: readonly City[]): City | undefined {
    const points = this.#around(prefixes);
    if (points === undefined) return candidates[0];
    const middle = {
      latitude: mean(points.map(({ latitude }) => latitude)),
      longitude: mean(points.map(({ longitude }) => longitude)),
    };
    const spreadKm = mean(points.map((point) => kilometres(middle, point)));
    const nearest = candidates.toSorted((a, b) => kilometres(middle, a) - kilometres(middle, b))[0];
    if (nearest === undefined) return undefined;
    const isOnlyOne = candidates.length === 1;
    if (isOnlyOne && nearest.population >= LARGE_POPULATION) return nearest;
    const limitKm = Math.max(isOnlyOne ? ONLY_ONE_KM : NEAR_KM, SPREADS_MAX * spreadKm);
    return kilometres(middle, nearest) <= limitKm ? nearest : undefined;
  }

  /** Where the places with the most similar numbers are. */
  #around([prefix = '']: Iterable<string>): Point[] | undefined {
    for (let length = prefix.length - 1; length > 0; length--) {
      const points = this.#byHead.get(prefix.slice(0, length));
      if (points !== undefined && points.length >= NEIGHBOURS_MIN) return points;
    }
    return undefined;
  }
}

const KM_A_DEGREE = 111.2;

/** On a flat map, which is good enough to tell what is near. */
export function kilometres(a: Point, b: Point): number {
  const east = (a.longitude - b.longitude) * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(a.latitude - b.latitude, east) * KM_A_DEGREE;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
