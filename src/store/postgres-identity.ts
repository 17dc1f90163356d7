import type { PostgresConnections } from './postgres-connections.ts';
import { DomainError } from '../errors.ts';

const TIMEOUT_MS = 2000;

/**
 * What a primary and its standbys have in common, and no other database has: the cluster's identifier and the
 * database's place in it.
 * @returns `undefined` where the server does not tell, as services that only speak PostgreSQL's language may.
 * @throws DomainError UNAVAILABLE when there is no connection.
 */
export async function findIdentity(connections: PostgresConnections): Promise<string | undefined> {
  try {
    const row = await connections.ask<{ identity: string }>(
      `SELECT concat(cluster.system_identifier, ' ', own.oid) AS identity
      FROM pg_control_system() AS cluster, pg_database AS own
      WHERE own.datname = current_database()`,
      TIMEOUT_MS,
    );
    return row?.identity;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    return undefined;
  }
}
