import assert from 'node:assert/strict';

import { NUMBER } from './rentals.ts';
import type { Answer, TestServer } from './test-server.ts';

const ADDRESS = {
  streetNumber: '1600',
  streetInfo: 'Pennsylvania Ave NW',
  city: 'Washington',
  state: 'DC',
  postalCode: '20500',
};

/** A request for an address that the sandbox knows, but for what is changed about it. */
export function toAddressRequest(changes: Partial<Record<string, string>> = {}) {
  return { displayName: 'Support line', address: { ...ADDRESS, ...changes } };
}

/** The same as the API shows it. */
export function toShownAddress(changes: Partial<Record<string, string>> = {}) {
  return { ...ADDRESS, location: '', postalCodePlusFour: '', ...changes };
}

export type AddressVerb = 'provision' | 'deprovision' | 'validate';

/** A request about the emergency address of a number, with any result. */
export function callAddress(
  server: TestServer,
  verb: AddressVerb | 'get',
  body?: object,
  number = NUMBER,
): Promise<Answer> {
  const path = `/activeNumbers/${number}/emergencyAddress`;
  if (verb === 'get') return server.call('GET', path);
  return server.call('POST', `${path}:${verb}`, body === undefined ? {} : { body });
}

export async function provision(
  server: TestServer,
  body: object = toAddressRequest(),
  number = NUMBER,
): Promise<void> {
  const answer = await callAddress(server, 'provision', body, number);
  assert.equal(answer.status, 200, answer.text);
}

type DocumentedRequest = [
  operationId: string,
  status: number,
  example: string | undefined,
  path: string,
  body?: unknown,
];

const GET = 'NumberService_GetEmergencyAddress';
const PROVISION = 'NumberService_ProvisionEmergencyAddress';
const DEPROVISION = 'NumberService_DeprovisionEmergencyAddress';
const VALIDATE = 'NumberService_ValidateEmergencyAddress';

/** Requests that lead to every answer that the reference shows, but for those of a number that nobody rents. */
export function listAddressRequests(path: string, withoutFeature: string): DocumentedRequest[] {
  const wrongPath = path.replace('+', '');
  const requests: DocumentedRequest[] = [
    [GET, 404, 'none', `${path}/emergencyAddress`],
    [PROVISION, 200, undefined, `${path}/emergencyAddress:provision`, toAddressRequest()],
    [GET, 200, undefined, `${path}/emergencyAddress`],
    [DEPROVISION, 200, undefined, `${path}/emergencyAddress:deprovision`],
    [GET, 404, 'feature', `${withoutFeature}/emergencyAddress`],
    [DEPROVISION, 404, 'feature', `${withoutFeature}/emergencyAddress:deprovision`],
    [GET, 400, 'phoneNumber', `${wrongPath}/emergencyAddress`],
    [DEPROVISION, 400, 'phoneNumber', `${wrongPath}/emergencyAddress:deprovision`],
    [VALIDATE, 200, undefined, `${path}/emergencyAddress:validate`, toAddressRequest()],
  ];
  for (const [operationId, verb] of [
    [PROVISION, 'provision'],
    [VALIDATE, 'validate'],
  ] as const) {
    const to = (number: string) => `${number}/emergencyAddress:${verb}`;
    requests.push(
      [operationId, 404, 'feature', to(withoutFeature), toAddressRequest()],
      [operationId, 400, 'phoneNumber', to(wrongPath), toAddressRequest()],
      [operationId, 400, 'fields', to(path), {}],
      [operationId, 400, 'json', to(path), '{'],
    );
  }
  for (const [example, streetInfo] of [
    ['near', 'Near Match St'],
    ['none', 'Several Matches St'],
    ['refused', 'Refused St'],
  ] as const) {
    const body = toAddressRequest({ streetInfo });
    requests.push([PROVISION, 400, example, `${path}/emergencyAddress:provision`, body]);
    requests.push([VALIDATE, 200, undefined, `${path}/emergencyAddress:validate`, body]);
  }
  return requests;
}

export function listAddressRequestsWithoutNumber(path: string): DocumentedRequest[] {
  const address = `${path}/emergencyAddress`;
  return [
    [GET, 404, 'ActiveNumber', address],
    [PROVISION, 404, 'ActiveNumber', `${address}:provision`, toAddressRequest()],
    [DEPROVISION, 404, 'ActiveNumber', `${address}:deprovision`],
    [VALIDATE, 404, 'ActiveNumber', `${address}:validate`, toAddressRequest()],
  ];
}
