import type { SampleRequest } from './code-samples.ts';
import { toJavaScript } from './literals.ts';

/** How the official Node.js SDK makes the request of each operation. */
export const SDK_CALLS: Partial<Record<string, (request: SampleRequest) => string>> = {
  NumberService_ListAvailableNumbers: ({ query }) =>
    `${toCall('const { availableNumbers } = await sinch.numbers.searchForAvailableNumbers', query)};
console.log(availableNumbers);`,

  NumberService_GetAvailableNumber: ({ path }) =>
    `${toCall('const number = await sinch.numbers.checkAvailability', numberOf(path))};
console.log(number);`,

  NumberService_RentNumber: ({ path, body }) =>
    `${toCall('const number = await sinch.numbers.rent', { ...numberOf(path), rentNumberRequestBody: body })};
console.log(number);`,

  NumberService_RentAnyNumber: ({ body }) =>
    `${toCall('const number = await sinch.numbers.rentAny', { rentAnyNumberRequestBody: body })};
console.log(number);`,

  NumberService_ListActiveNumbers: ({ query }) =>
    `for await (const number of ${toCall('sinch.numbers.list', query)}) {
  console.log(number);
}`,

  NumberService_GetActiveNumber: ({ path }) =>
    `${toCall('const number = await sinch.numbers.get', numberOf(path))};
console.log(number);`,

  NumberService_UpdateActiveNumber: ({ path, body }) =>
    `${toCall('const number = await sinch.numbers.update', { ...numberOf(path), updateActiveNumberRequestBody: body })};
console.log(number);`,

  NumberService_ReleaseNumber: ({ path }) =>
    `${toCall('const number = await sinch.numbers.release', numberOf(path))};
console.log(number.expireAt);`,

  NumberService_GetEmergencyAddress: ({ path }) =>
    `${toCall('const address = await sinch.numbers.getEmergencyAddress', numberOf(path))};
console.log(address);`,

  NumberService_ProvisionEmergencyAddress: ({ path, body }) =>
    `${toCall('const address = await sinch.numbers.provisionEmergencyAddress', { ...numberOf(path), emergencyAddressRequestBody: body })};
console.log(address);`,

  NumberService_DeprovisionEmergencyAddress: ({ path }) =>
    `${toCall('const nothing = await sinch.numbers.deprovisionEmergencyAddress', numberOf(path))};
console.log(nothing);`,

  NumberService_ValidateEmergencyAddress: ({ path, body }) =>
    `${toCall('const validation = await sinch.numbers.validateEmergencyAddress', { ...numberOf(path), emergencyAddressRequestBody: body })};
console.log(validation.validationResult);`,

  NumberService_ListAvailableRegions: ({ query }) =>
    `${toCall('const { availableRegions } = await sinch.numbers.availableRegions.list', query)};
console.log(availableRegions);`,

  GetCallbackConfiguration: () =>
    `${toCall('const { hmacSecret } = await sinch.numbers.callbacks.get', {})};
console.log(hmacSecret);`,

  UpdateCallbackConfiguration: ({ body }) =>
    `${toCall('const configuration = await sinch.numbers.callbacks.update', { updateCallbackConfigurationRequestBody: body })};
console.log(configuration);`,
};

function toCall(method: string, argument: object): string {
  return `${method}(${toJavaScript(argument, '', method.length + '();'.length)})`;
}

function numberOf(path: string): { phoneNumber: string } {
  const phoneNumber = /\+\d+/.exec(path)?.[0];
  if (phoneNumber === undefined) throw new Error(`${path} names no number`);
  return { phoneNumber };
}
