import { Command, CommanderError } from 'commander';

import { readPackageVersion } from '../assets.ts';
import { addAccountCommands } from './account.ts';
import { addBackupCommand } from './backup.ts';
import { addCheckCommand } from './check.ts';
import { addCopyCommand } from './copy.ts';
import { formatVariables } from './environment-help.ts';
import { reportFailure } from './failure.ts';
import { addImportCommand } from './import.ts';
import { addKeyCommands } from './key.ts';
import { addMigrateCommand } from './migrate.ts';
import { addNumberCommands } from './number.ts';
import { addOrderCommands } from './order.ts';
import { addPoolCommands } from './pool.ts';
import { addProjectCommands } from './project.ts';
import { addServeCommand } from './serve.ts';
import { addWorkCommand } from './work.ts';

/** A terminal's classic width where there is none; wider than 100, lines are hard to read. */
const HELP_WIDTH_DEFAULT = 80;
const HELP_WIDTH_MAX = 100;

const EXAMPLES = `
Examples:
  $ numberyard serve              a sandbox with demo numbers, on port 8080
  $ numberyard serve --no-worker  requests only: "numberyard work" does the rest
  $ numberyard pool create us-local --region US --type LOCAL \\
      --capabilities SMS,VOICE --currency USD \\
      --setup-price 0.50 --monthly-price 1.00
  $ numberyard import numbers.csv --pool us-local
  $ numberyard project create --name "Acme" && numberyard project list
  $ numberyard key create --project PROJECT_ID
  $ numberyard number recall +12025550134
  $ numberyard order list && numberyard order approve ORDER_ID
  $ numberyard backup backups/monday.sqlite
  $ numberyard copy --from sqlite:data/numberyard.sqlite --to postgres://…`;

/** Runs the command that the arguments name. @returns the exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  stopQuietlyWhenNobodyReads();
  try {
    await createProgram().parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said already what it is about.
    return error instanceof CommanderError ? error.exitCode : reportFailure(error);
  }
}

function createProgram(): Command {
  const helpWidth = Math.min(process.stdout.columns ?? HELP_WIDTH_DEFAULT, HELP_WIDTH_MAX);
  const program = new Command('numberyard')
    .description('A phone-number server that speaks the Sinch Numbers API.')
    .version(readPackageVersion())
    .configureOutput({ getOutHelpWidth: () => helpWidth, getErrHelpWidth: () => helpWidth })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride();

  addServeCommand(program, helpWidth);
  addWorkCommand(program, helpWidth);
  addPoolCommands(program);
  addImportCommand(program);
  addNumberCommands(program);
  addOrderCommands(program);
  addProjectCommands(program);
  addAccountCommands(program);
  addKeyCommands(program);
  addCheckCommand(program);
  addBackupCommand(program);
  addCopyCommand(program);
  addMigrateCommand(program);
  return program.addHelpText('after', `${EXAMPLES}\n\n${formatVariables(helpWidth)}`);
}

/** `numberyard pool list | head` closes the pipe early, which is no failure. */
function stopQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
