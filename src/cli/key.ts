import type { Command } from 'commander';

import { createAccessKey } from '../app/create-access-key.ts';
import { findAccessKey, listAccessKeys, revokeAccessKey } from '../store/access-key.ts';
import { findProject } from '../store/project.ts';
import { withDatabase } from './database.ts';
import { CommandError, namingOptions } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatTable } from './table.ts';

export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('Make, list and revoke access keys.');
  addDatabaseOptions(
    key
      .command('create')
      .description('Make an access key and show its secret, this once.')
      .requiredOption('--project <id>', 'the project that it belongs to')
      .option('--id <id>', 'the key id (default: random)')
      .option('--name <name>', 'for people to read', 'Access key'),
  ).action(create);
  addDatabaseOptions(
    key
      .command('list')
      .description("List a project's access keys, without secrets.")
      .requiredOption('--project <id>', 'the project that they belong to'),
  ).action(list);
  addDatabaseOptions(
    key
      .command('revoke')
      .description('End an access key for good, and with it its tokens.')
      .argument('<key-id>', 'as "key list" shows it'),
  ).action(revoke);
}

interface CreateFlags extends ConfigFlags {
  project: string;
  id?: string;
  name: string;
}

async function create(flags: CreateFlags): Promise<void> {
  const { key, secret } = await withDatabase(flags, (context) =>
    namingOptions({ id: '--id', displayName: '--name' }, () =>
      createAccessKey(context, flags.project, {
        id: flags.id,
        displayName: flags.name,
        mustBeNew: true,
      }),
    ),
  );
  console.log(`Made an access key of the project ${key.projectId}:`);
  console.log(`  Key id      ${key.id}`);
  console.log(`  Key secret  ${secret}`);
  console.log('The secret is shown only now, and is stored nowhere: keep it.');
}

async function list(flags: ConfigFlags & { project: string }): Promise<void> {
  const keys = await withDatabase(flags, ({ store }) =>
    store.read(async (db) => {
      const project = await findProject(db, flags.project);
      if (project === undefined) throw new CommandError(`There is no project ${flags.project}.`);
      return listAccessKeys(db, project.id);
    }),
  );
  if (keys.length === 0) {
    console.log('The project has no access key: make one with "numberyard key create".');
    return;
  }
  const rows = keys.map(({ id, displayName, createdAt, revokedAt }) => [
    id,
    createdAt.slice(0, 10),
    revokedAt === null ? 'valid' : `revoked ${revokedAt.slice(0, 10)}`,
    displayName,
  ]);
  console.log(formatTable(['KEY ID', 'CREATED', 'STATE', 'NAME'], rows));
}

async function revoke(keyId: string, flags: ConfigFlags): Promise<void> {
  const wasValid = await withDatabase(flags, ({ store, clock }) =>
    store.write(async (db) => {
      if ((await findAccessKey(db, keyId)) === undefined) {
        throw new CommandError(`There is no access key ${keyId}.`);
      }
      return revokeAccessKey(db, keyId, clock.now());
    }),
  );
  console.log(
    wasValid
      ? `Revoked the access key ${keyId}. Running servers refuse it within seconds.`
      : `The access key ${keyId} was revoked before.`,
  );
}
