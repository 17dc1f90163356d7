import { closeSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';

import type { ImportProblem } from '../app/import-numbers.ts';
import { CommandError } from './failure.ts';

const BUFFER_LENGTH = 64 * 1024;

/**
 * The error file of an import, itself a CSV file. Without a problem there is none afterwards, not even of an
 * earlier import: what is there is always about the last one.
 */
export class ProblemFile implements Disposable {
  readonly path: string;
  readonly #file: number;
  #isEmpty = true;
  #pending = 'line,phone number,reason\n';

  /** @throws CommandError when it cannot be written: better before the import than in its midst. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new CommandError(
        `The error file ${path} cannot be written (${code}): choose another with --errors.`,
      );
    }
  }

  add({ line, phoneNumber, reason }: ImportProblem): void {
    this.#isEmpty = false;
    this.#pending += `${line},${quote(phoneNumber)},${quote(reason)}\n`;
    if (this.#pending.length > BUFFER_LENGTH) this.#write();
  }

  [Symbol.dispose](): void {
    if (!this.#isEmpty) this.#write();
    // It may also be a device, which stays.
    const isRemovable = this.#isEmpty && fstatSync(this.#file).isFile();
    closeSync(this.#file);
    if (isRemovable) rmSync(this.path, { force: true });
  }

  #write(): void {
    writeSync(this.#file, this.#pending);
    this.#pending = '';
  }
}

function quote(text: string): string {
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
