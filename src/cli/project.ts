import type { Command } from 'commander';

import { changeLimits } from '../app/change-limits.ts';
import { createProject } from '../app/create-project.ts';
import { formatAmount } from '../domain/money.ts';
import type { ProjectLimit, ProjectLimitKind } from '../domain/project-limit.ts';
import { listProjects } from '../store/project.ts';
import { withDatabase } from './database.ts';
import { namingOptions } from './failure.ts';
import { addDatabaseOptions, type ConfigFlags } from './flags.ts';
import { formatTable } from './table.ts';

export function addProjectCommands(program: Command): void {
  const project = program
    .command('project')
    .description('Make and list projects, the tenants, and limit them.');
  addDatabaseOptions(
    project
      .command('create')
      .description('Make a project.')
      .requiredOption('--name <name>', 'for people to read')
      .option('--id <id>', 'stands in its URLs (default: random)'),
  ).action(create);
  addDatabaseOptions(
    project
      .command('limits')
      .description('Show what a project may have, hold and spend, or change it.')
      .argument('<project-id>', 'as "project list" shows it')
      .option('--numbers <n>', 'numbers that it may rent at a time; none: any')
      .option(
        '--holds <n>',
        'numbers that it may hold at a time; none: as many as others, see NUMBERYARD_PROJECT_HOLDS_MAX',
      )
      .option(
        '--monthly-spend <amount>',
        'charges a month, beyond which it rents nothing more; none: any',
      )
      .option('--currency <code>', 'of --monthly-spend; each currency has a limit of its own')
      .option('--requests-per-second <n>', 'of all its keys together; none: any')
      .option('--key-requests-per-second <n>', 'of each key; none: any'),
  ).action(limits);
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

interface LimitFlags extends ConfigFlags {
  numbers?: string;
  holds?: string;
  monthlySpend?: string;
  currency?: string;
  requestsPerSecond?: string;
  keyRequestsPerSecond?: string;
}

async function limits(projectId: string, flags: LimitFlags): Promise<void> {
  const found = await withDatabase(flags, (context) =>
    namingOptions(
      {
        numbers: '--numbers',
        holds: '--holds',
        monthlySpend: '--monthly-spend',
        currencyCode: '--currency',
        requestsPerSecond: '--requests-per-second',
        keyRequestsPerSecond: '--key-requests-per-second',
      },
      () =>
        changeLimits(context, projectId, {
          numbers: flags.numbers,
          holds: flags.holds,
          monthlySpend: flags.monthlySpend,
          currencyCode: flags.currency?.toUpperCase(),
          requestsPerSecond: flags.requestsPerSecond,
          keyRequestsPerSecond: flags.keyRequestsPerSecond,
        }),
    ),
  );
  if (found.length === 0) {
    console.log(`The project ${projectId} has no limits of its own.`);
    return;
  }
  console.log(formatTable(['LIMIT', 'VALUE'], found.map(toLimitRow), ['VALUE']));
}

const LIMIT_NAMES: Record<ProjectLimitKind, string> = {
  NUMBERS: 'numbers at a time',
  HOLDS: 'holds at a time',
  SPEND: 'charges a month',
  REQUESTS: 'requests a second',
  KEY_REQUESTS: 'requests a second, each key',
};

function toLimitRow({ kind, currencyCode, value }: ProjectLimit): string[] {
  const amount = kind === 'SPEND' ? `${formatAmount(value, currencyCode)} ${currencyCode}` : value;
  return [LIMIT_NAMES[kind], String(amount)];
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
