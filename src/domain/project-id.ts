/**
 * The tenant, part of every tenant-scoped WHERE. A ProjectId comes from an authenticated principal, from
 * a stored row, or from the operator at the command line; never from a request's path.
 */
export type ProjectId = string & { readonly __projectId: true };
