import type { Command } from 'commander';

import { createProject } from '../app/create-project.ts';
import { listProjects } from '../store/project.ts';
import { withDatabase } from './database.ts';
import { namingOptions } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatTable } from './table.ts';

export function addProjectCommands(program: Command): void {
  const project = program.command('project').description('Make and list projects, the tenants.');
  addDatabaseOptions(
    project
      .command('create')
      .description('Make a project.')
      .requiredOption('--name <name>', 'for people to read')
      .option('--id <id>', 'stands in its URLs (default: random)'),
  ).action(create);
  addDatabaseOptions(project.command('list').description('List the projects.')).action(list);
}

async function create(flags: ConfigFlags & { name: string; id?: string }): Promise<void> {
  const project = await withDatabase(flags, (context) =>
    namingOptions({ id: '--id', displayName: '--name' }, () =>
      createProject(context, { id: flags.id, displayName: flags.name }),
    ),
  );
  console.log(`Made the project ${project.id} (${project.displayName}).`);
  console.log(`It needs a key: numberyard key create --project ${project.id}`);
}

async function list(flags: ConfigFlags): Promise<void> {
  const projects = await withDatabase(flags, ({ store }) => store.read(listProjects));
  if (projects.length === 0) {
    console.log('There are no projects: make one with "numberyard project create".');
    return;
  }
  const rows = projects.map(({ id, displayName, createdAt }) => [
    id,
    createdAt.slice(0, 10),
    displayName,
  ]);
  console.log(formatTable(['PROJECT ID', 'CREATED', 'NAME'], rows));
}
