import { million } from './goals.ts';
import { measureHttp } from './http.ts';
import { measureImport } from './import.ts';
import { measureRents } from './rents.ts';
import type { EngineResults, StockResults } from './results.ts';
import { measureSearch } from './search.ts';
import type { Engine, Stock, Stocks } from './stocks.ts';

/** How much is measured. */
export interface Plan {
  /** Of the stocks, at least two, from the smallest to the largest. */
  sizes: readonly number[];
  /** Searches of each kind. */
  searchRounds: Record<Engine, number>;
  httpSeconds: number;
  httpTurns: number;
  rents: number;
  rentTurns: number;
  /** A bare insert on PostgreSQL is a round trip for each row. */
  importedRows: Record<Engine, number>;
  importTurns: number;
}

/** Everything, on one engine. @param progress is told what is done */
export async function measureEngine(
  stocks: Stocks,
  plan: Plan,
  progress: (done: string) => void,
): Promise<EngineResults> {
  const opened: Stock[] = [];
  const searched: StockResults[] = [];
  for (const size of plan.sizes) {
    const stock = await stocks.open(size);
    progress(`${stocks.engine}: a stock of ${million(size)}`);
    const { bytesPerNumber, buildSeconds } = stock;
    const search = await measureSearch(stock.databaseUrl, plan.searchRounds[stocks.engine]);
    opened.push(stock);
    searched.push({ size, bytesPerNumber, buildSeconds, search });
    progress(`${stocks.engine}: searched it`);
  }
  const http = await onCopy(stocks, opened.at(-1) as Stock, (databaseUrl) =>
    measureHttp(databaseUrl, plan.httpSeconds, plan.httpTurns),
  );
  progress(`${stocks.engine}: served it over HTTP`);
  // Not the largest one: its copy takes longer than all the rents, and a rent costs the same.
  const rented = opened[1] as Stock;
  const rents = await onCopy(stocks, rented, (databaseUrl) =>
    measureRents(databaseUrl, plan.rentTurns, plan.rents),
  );
  progress(`${stocks.engine}: rented`);
  const imported = await measureImport(stocks, plan.importedRows[stocks.engine], plan.importTurns);
  progress(`${stocks.engine}: imported`);
  return {
    engine: stocks.engine,
    stocks: searched,
    http,
    rents: { size: rented.size, ...rents },
    import: imported,
  };
}

/** For what changes the stock. */
async function onCopy<T>(
  stocks: Stocks,
  stock: Stock,
  measure: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  await using copy = await stocks.copy(stock);
  return await measure(copy.databaseUrl);
}
