import { SinchClient } from '@sinch/sdk-core';

import { PROJECT, type TestProject, type TestServer } from './test-server.ts';

/** The published SDK as it comes from npm: only its two host names are set, and its log is off. */
export function sdkClient(server: TestServer, project: TestProject = PROJECT): SinchClient {
  return new SinchClient({
    projectId: project.id,
    keyId: project.keyId,
    keySecret: project.keySecret,
    authHostname: server.url,
    numbersHostname: server.url,
    logger: null,
  });
}
