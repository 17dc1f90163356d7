import { setImmediate } from 'node:timers/promises';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Answer, basicAuth, type TestProject } from '../support/test-server.ts';
import { ORDER_ENVIRONMENT } from './order.ts';

/** A request of a project. */
export interface ModelRequest {
  project: TestProject;
  method: string;
  path: string;
  /** JSON, unless it is a form. */
  body?: object;
}

/** Longer than the claim of a request that died lasts, and than any lease. */
const PAST_LEASES = 'PT5M';

/** Speaks to a server in a process of its own, which can be killed and started again. */
export class ModelClient implements AsyncDisposable {
  readonly #databaseUrl: string;
  #server: ServerProcess;
  #keys = 0;

  private constructor(databaseUrl: string, server: ServerProcess) {
    this.#databaseUrl = databaseUrl;
    this.#server = server;
  }

  static async start(databaseUrl: string): Promise<ModelClient> {
    return new ModelClient(databaseUrl, await start(databaseUrl));
  }

  /** A request with a key of its own. @param isRepeated it is sent twice, and the answer has to be the same. */
  async send(request: ModelRequest, isRepeated: boolean): Promise<Answer> {
    const key = this.#nextKey();
    const answer = await this.#call(request, key);
    if (!isRepeated) return answer;
    const again = await this.#call(request, key);
    if (again.text !== answer.text || again.status !== answer.status) {
      throw new Error(`${answer.status} ${answer.text} became ${again.status} ${again.text}`);
    }
    return answer;
  }

  /**
   * Kills the server while it is at a request, starts it again, and asks with the same key what came of it.
   * @param turns of the event loop that the request gets before.
   */
  async sendAndKill(request: ModelRequest, turns: number): Promise<Answer> {
    const key = this.#nextKey();
    const lost = this.#call(request, key).catch(() => undefined);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    await this.#server.stop('SIGKILL');
    await lost;
    this.#server = await start(this.#databaseUrl);
    const answer = await this.#call(request, key);
    // What the dead server had begun comes back when its leases have ended.
    await this.advance(PAST_LEASES);
    return answer.status === 409 ? this.#call(request, key) : answer;
  }

  readClock(): Promise<Timestamp> {
    return this.#server.readClock();
  }

  /** Waits until all is done that is due. @returns the time then. */
  drain(): Promise<Timestamp> {
    return this.#server.advance('PT0S');
  }

  /** Moves the clock and waits until all is done that has become due. @returns the time then. */
  advance(by: string): Promise<Timestamp> {
    return this.#server.advance(by);
  }

  #nextKey(): string {
    return `step-${this.#keys++}`;
  }

  async #call({ project, method, path, body }: ModelRequest, key: string): Promise<Answer> {
    const response = await fetch(`${this.#server.url}/v1/projects/${project.id}${path}`, {
      method,
      headers: { authorization: basicAuth(project), 'idempotency-key': key },
      ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

function start(databaseUrl: string): Promise<ServerProcess> {
  return startServerProcess(databaseUrl, {
    NUMBERYARD_SANDBOX_DELAY_MS: '0',
    ...ORDER_ENVIRONMENT,
    NUMBERYARD_LOG_LEVEL: 'error',
  });
}
