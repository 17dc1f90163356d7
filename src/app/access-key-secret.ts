import { hash } from 'node:crypto';

/** What is stored of a secret: SHA-256, hexadecimal. A random secret of 160 bits needs no slow hash. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
