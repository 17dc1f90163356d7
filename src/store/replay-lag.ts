/**
 * Tells how far a standby is behind, in time, without a write and without comparing clocks: what the primary
 * had written is noted as time passes, and a standby that has replayed all that was there N seconds ago is at
 * most N seconds behind.
 */
export class ReplayLag {
  readonly #lagMsMax: number;
  /** The oldest first. Positions grow, except where another primary took over. */
  readonly #notes: { atMs: number; position: bigint }[] = [];

  constructor(lagMsMax: number) {
    this.#lagMsMax = lagMsMax;
  }

  /** Up to `position` the primary had written when it was asked at `atMs`. */
  note(atMs: number, position: bigint): void {
    this.#notes.push({ atMs, position });
    this.#forgetBefore(atMs - this.#lagMsMax);
  }

  /** `UNKNOWN`: the primary has not been heard of for as long as the standby may be behind. */
  judge(nowMs: number, replayed: bigint): 'WITHIN' | 'BEHIND' | 'UNKNOWN' {
    this.#forgetBefore(nowMs - this.#lagMsMax);
    if (this.#notes.length === 0) return 'UNKNOWN';
    return this.#notes.some(({ position }) => position <= replayed) ? 'WITHIN' : 'BEHIND';
  }

  #forgetBefore(atMs: number): void {
    const kept = this.#notes.findIndex((note) => note.atMs >= atMs);
    this.#notes.splice(0, kept < 0 ? this.#notes.length : kept);
  }
}

/** A position in the write-ahead log as PostgreSQL writes it: two hexadecimal numbers of 32 bits, `16/B374D848`. */
export function parseWalPosition(text: string): bigint {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) throw new Error(`Not a WAL position: ${text}`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
