import { randomBytes } from 'node:crypto';

import { fillDatabase, STOCK } from './test-server.ts';
import { asSuperuser, copyDatabase, dropDatabase, urlOfDatabase } from './test-database.ts';

export interface TemplateDatabases extends AsyncDisposable {
  /** For TEMPLATES_VARIABLE. */
  prefix: string;
}

/**
 * PostgreSQL databases that have the schema and the small stock already, on the server that TEST_DATABASE_URL
 * names. They are made anew for every run of the tests, by this program's own migrations, so that they
 * cannot be out of date.
 */
export async function createTemplateDatabases(): Promise<TemplateDatabases> {
  const prefix = `template_${randomBytes(8).toString('hex')}`;
  const [schema, stock] = [`${prefix}_schema`, `${prefix}_stock`];
  const drop = async () => {
    for (const name of [schema, stock]) await dropDatabase(name);
  };
  try {
    await copyDatabase(schema, 'template0');
    await fillDatabase(urlOfDatabase(schema));
    await copyDatabase(stock, schema);
    await fillDatabase(urlOfDatabase(stock), STOCK);
    // A database that somebody is connected to cannot be copied.
    for (const name of [schema, stock]) {
      await asSuperuser((client) => client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`));
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return { prefix, [Symbol.asyncDispose]: drop };
}
