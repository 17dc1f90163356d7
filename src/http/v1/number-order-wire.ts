import type { NumberOrderRequest } from '../../app/create-number-order.ts';
import type { NumberOrderView } from '../../app/get-number-order.ts';
import type { Registration } from '../../app/get-order-registration.ts';
import type { RentRequest } from '../../app/rent-number.ts';
import type { NumberRequirements } from '../../domain/number-requirements.ts';
import { parseE164 } from '../../domain/phone-number.ts';
import type { Capability, NumberType } from '../../domain/pool.ts';
import type { SearchPosition } from '../../domain/search-pattern.ts';
import { DomainError, invalidField, invalidFields } from '../../errors.ts';
import { fromBody, readCriteria } from './search-criteria.ts';
import { toPoolFields, toRentRequest } from './wire.ts';

// --- Domain to wire -------------------------------------------------------------------------------------

export function toRequirements({ rules, attachments }: NumberRequirements): object {
  return { fields: { rules }, attachments };
}

export function toNumberOrder({ order, numbers }: NumberOrderView): Record<string, unknown> {
  const { sms, voice, callbackUrl = '' } = JSON.parse(order.request) as RentRequest;
  return {
    projectId: order.projectId,
    idNumberOrder: order.id,
    regionCode: order.regionCode,
    state: order.state,
    numberType: order.numberType,
    orderNumbers: numbers.map(({ e164, pool }) => {
      const { setupPrice, monthlyPrice, paymentIntervalMonths } = toPoolFields(pool);
      const numberPrice = { setupPrice, monthlyPrice, paymentIntervalMonths };
      return { phoneNumber: e164, numberPrice, capabilities: pool.capabilities };
    }),
    smsConfiguration: sms ?? null,
    voiceConfiguration: voice
      ? {
          type: voice.type,
          appId: voice.type === 'RTC' ? voice.targetId : '',
          trunkId: voice.type === 'EST' ? voice.targetId : '',
          serviceId: voice.type === 'FAX' ? voice.targetId : '',
        }
      : null,
    callbackUrl,
    expireTime: order.expireAt,
    createTime: order.createdAt,
    updateTime: order.updatedAt,
  };
}

export function toRegistration({ data, attachments, logs, deletedAt }: Registration): object {
  return {
    requestDetails: { data },
    attachments: attachments.map((attachment) => ({
      attachmentId: attachment.attachmentId,
      fileName: attachment.fileName,
      mimeType: attachment.mimeType,
      uploadStatus: 'COMPLETED',
      createTime: attachment.createdAt,
      updateTime: attachment.updatedAt,
      documentType: attachment.documentType,
    })),
    logs: logs.map(({ message, createdAt }) => ({ message, createTime: createdAt })),
    // The original has no such field: without it an answer is the original's.
    ...(deletedAt === null ? {} : { deleteTime: deletedAt }),
  };
}

// --- Wire to domain -------------------------------------------------------------------------------------

interface CreateBody {
  regionCode: string;
  numberType: NumberType;
  numberOrderOption?: { phoneNumbers: readonly string[] };
  quantityOrderOption?: QuantityOption;
}

interface QuantityOption {
  requestedQuantity: number;
  numberPattern?: { pattern?: string | readonly string[]; searchPattern?: SearchPosition };
  sequential?: boolean;
  capabilities?: readonly Capability[];
}

/** @throws DomainError INVALID_ARGUMENT that names each wrong field. */
export async function fromCreateBody(
  body: CreateBody & Parameters<typeof toRentRequest>[0],
): Promise<NumberOrderRequest> {
  const { regionCode, numberType, numberOrderOption: named, quantityOrderOption: wanted } = body;
  if ((named === undefined) === (wanted === undefined)) {
    const description = 'is required, or quantityOrderOption; not both.';
    throw invalidField('numberOrderOption', description);
  }
  const order = { regionCode, numberType, request: toRentRequest(body) };
  if (named !== undefined) return { ...order, numbers: toNamed(named.phoneNumbers) };
  const numbers = await toWanted({ regionCode, type: numberType }, wanted as QuantityOption);
  return { ...order, numbers };
}

function toNamed([phoneNumber = '']: readonly string[]) {
  const e164 = parseE164(phoneNumber);
  if (e164 !== undefined) return e164;
  throw invalidField(
    'numberOrderOption.phoneNumbers',
    'must have a number in E.164 format, such as +12025550134.',
  );
}

async function toWanted(
  kind: { regionCode: string; type: NumberType },
  { requestedQuantity: quantity, numberPattern, capabilities, sequential }: QuantityOption,
) {
  try {
    const written = { ...kind, ...(numberPattern && { numberPattern }) };
    const { criteria } = await readCriteria(
      fromBody({ ...written, ...(capabilities && { capabilities }) }),
    );
    // One number follows no other.
    return { criteria, quantity, sequential: sequential === true && quantity > 1 };
  } catch (error) {
    throw inOption(error);
  }
}

/** The criteria stand inside the option, and errors name where. */
function inOption(error: unknown): unknown {
  const detail = error instanceof DomainError ? error.details[0] : undefined;
  if (detail?.type !== 'BadRequest') return error;
  return invalidFields(
    detail.fieldViolations.map(({ field, description }) => ({
      field: field === 'regionCode' ? field : `quantityOrderOption.${field}`,
      description,
    })),
  );
}

/** `data` of what the client calls `requestDetails`. @throws DomainError INVALID_ARGUMENT when it is no object. */
export function fromRequestDetails(requestDetails: unknown): unknown {
  if (typeof requestDetails !== 'object' || requestDetails === null) {
    throw invalidField('requestDetails', 'must be an object with data.');
  }
  return (requestDetails as { data?: unknown }).data;
}
