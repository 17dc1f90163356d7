import type { Dialect } from '../dialect.ts';

/** A rental that must not be released by mistake has a lock: 1. */
export function addDeletionLock({ integer }: Dialect): string[] {
  return [`ALTER TABLE rental ADD COLUMN deletion_lock ${integer} NOT NULL DEFAULT 0`];
}
