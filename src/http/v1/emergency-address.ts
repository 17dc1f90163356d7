import type { FastifyInstance } from 'fastify';

import { deprovisionEmergencyAddress } from '../../app/deprovision-emergency-address.ts';
import { getEmergencyAddress } from '../../app/get-emergency-address.ts';
import { provisionEmergencyAddress } from '../../app/provision-emergency-address.ts';
import { validateEmergencyAddress } from '../../app/validate-emergency-address.ts';
import type { Context } from '../../context.ts';
import {
  type AddressValidation,
  type NamedAddress,
  toAddress,
} from '../../domain/emergency-address.ts';
import type { E164 } from '../../domain/phone-number.ts';
import { answerOnce } from '../answer-once.ts';
import type { Authenticator } from '../auth.ts';
import { bodyReader } from '../read-request.ts';
import { sendJson } from '../send-json.ts';
import { describeOperation } from './describe-operation.ts';
import {
  ADDRESS_EXAMPLES,
  ADDRESS_REQUEST_EXAMPLES,
  DEPROVISION_ADDRESS_ERRORS,
  EMPTY_EXAMPLES,
  GET_ADDRESS_ERRORS,
  PROVISION_ADDRESS_ERRORS,
  VALIDATE_ADDRESS_ERRORS,
  VALIDATION_EXAMPLES,
} from './emergency-address-examples.ts';
import { EmergencyAddressRequest, EmergencyNumberPath } from './emergency-address-schemas.ts';
import { toE164 } from './wire.ts';

const PATH = '/activeNumbers/:phoneNumber([^:/]+)/emergencyAddress';
const TAG = 'Emergency addresses';

const readAddress = bodyReader(EmergencyAddressRequest);

interface Route {
  Params: { phoneNumber: string };
}

export function registerEmergencyAddress(
  app: FastifyInstance,
  context: Context,
  auth: Authenticator,
): void {
  app.get<Route>(
    PATH,
    {
      schema: describeOperation({
        operationId: 'NumberService_GetEmergencyAddress',
        summary: 'Get the emergency address',
        description: 'Of a number that has one; otherwise 404.',
        tag: TAG,
        params: EmergencyNumberPath,
        response: 'EmergencyAddress',
        responseExamples: ADDRESS_EXAMPLES,
        errors: GET_ADDRESS_ERRORS,
      }),
    },
    async (request, reply) => {
      const { projectId } = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      return sendJson(reply, toWire(await getEmergencyAddress(context, projectId, e164)));
    },
  );
  registerProvision(app, context, auth);
  registerDeprovision(app, context, auth);
  registerValidate(app, context, auth);
}

function registerProvision(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.post<Route>(
    `${PATH}::provision`,
    {
      schema: describeOperation({
        operationId: 'NumberService_ProvisionEmergencyAddress',
        summary: 'Provision an emergency address',
        description:
          'In place of one that the number may have. The address is validated first, and only an EXACT_MATCH is taken: of a NEAR_MATCH the error names each field that is known otherwise, of a NO_MATCH it says what may have been meant. It ends with the rental. Once it is replaced or taken away, the first answer to an `Idempotency-Key` is `{}`.',
        tag: TAG,
        params: EmergencyNumberPath,
        body: EmergencyAddressRequest,
        bodyExamples: ADDRESS_REQUEST_EXAMPLES,
        response: 'EmergencyAddress',
        responseExamples: ADDRESS_EXAMPLES,
        errors: PROVISION_ADDRESS_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const wanted = fromWire(readAddress(request));
      const act = (once: Context) => provisionEmergencyAddress(once, caller, e164, wanted);
      return answerOnce(request, reply, context, caller, act, toWire, e164);
    },
  );
}

function registerDeprovision(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.post<Route>(
    `${PATH}::deprovision`,
    {
      schema: describeOperation({
        operationId: 'NumberService_DeprovisionEmergencyAddress',
        summary: 'Deprovision the emergency address',
        description:
          'It is gone at once, and the platform is told until it has heard it. Without an address nothing changes.',
        tag: TAG,
        params: EmergencyNumberPath,
        response: 'Empty',
        responseExamples: EMPTY_EXAMPLES,
        errors: DEPROVISION_ADDRESS_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const act = (once: Context) => deprovisionEmergencyAddress(once, caller, e164);
      return answerOnce(request, reply, context, caller, act, (nothing) => nothing);
    },
  );
}

function registerValidate(app: FastifyInstance, context: Context, auth: Authenticator): void {
  app.post<Route>(
    `${PATH}::validate`,
    {
      schema: describeOperation({
        operationId: 'NumberService_ValidateEmergencyAddress',
        summary: 'Validate an emergency address',
        description: 'Says whether an address is known, and changes nothing.',
        tag: TAG,
        params: EmergencyNumberPath,
        body: EmergencyAddressRequest,
        bodyExamples: ADDRESS_REQUEST_EXAMPLES,
        response: 'ValidateAddressResponse',
        responseExamples: VALIDATION_EXAMPLES,
        errors: VALIDATE_ADDRESS_ERRORS,
      }),
    },
    async (request, reply) => {
      const caller = await auth.authenticateProject(request, reply);
      const e164 = toE164(request.params.phoneNumber);
      const asked = fromWire(readAddress(request));
      const act = (once: Context) => validateEmergencyAddress(once, caller.projectId, e164, asked);
      return answerOnce(request, reply, context, caller, act, (validation) =>
        toValidateAddressResponse(e164, asked, validation),
      );
    },
  );
}

function fromWire({ displayName, address }: EmergencyAddressRequest): NamedAddress {
  return { displayName, address: toAddress(address) };
}

/** The contract shows no name with it. */
function toWire({ address }: NamedAddress): object {
  return address;
}

function toValidateAddressResponse(
  phoneNumber: E164,
  { displayName, address }: NamedAddress,
  { match, message, corrected, candidates }: AddressValidation,
): object {
  return {
    phoneNumber,
    displayName,
    validatedAddress: address,
    validationResult: match,
    validationMessage: message,
    correctedAddress: corrected ?? toAddress({}),
    candidateAddresses: candidates,
  };
}
