/**
 * Copies a database in a process of its own, which kills itself within a transaction: when rows are written
 * and not committed. Run it with `fork` and the arguments FROM TO ROWS; so many rows are copied before.
 */
import { copy } from './copies.ts';

const [from = '', to = '', rowsBefore = ''] = process.argv.slice(2);
let rowsCopied = 0;
await copy(from, to, {
  onProgress: (_step, rowsDone) => (rowsCopied = rowsDone),
  inWrite() {
    if (rowsCopied >= Number(rowsBefore)) process.kill(process.pid, 'SIGKILL');
  },
});
