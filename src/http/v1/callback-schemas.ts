import { Type } from 'typebox';

import {
  type CallbackEventType,
  type CallbackFailureCode,
  callbackEventType,
  type CallbackStatus,
  DUNNING_EVENT_TYPES,
  type OrderCallbackType,
  toFailureCode,
} from '../../domain/callback.ts';
import { NUMBER_ORDER_STATES } from '../../domain/number-order.ts';
import { type PlatformService, PROVISIONING_ERROR_CODES } from '../../domain/provisioning.ts';
import { RENT_ORDER_STATES } from '../../domain/rent-order.ts';
import { EXAMPLE_PROJECT_ID } from './examples.ts';

const HMAC_SECRET_CHARACTERS_MAX = 64;
const HMAC_SECRET_EXAMPLE = 'my-callback-secret';

export const CallbackConfiguration = Type.Object(
  {
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    hmacSecret: Type.String({
      description: 'Signs the callbacks. A new project has a random one.',
      examples: [HMAC_SECRET_EXAMPLE],
    }),
  },
  { $id: 'CallbackConfiguration', description: "How the project's callbacks are signed." },
);

export const CallbackConfigurationUpdate = Type.Object(
  {
    hmacSecret: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: HMAC_SECRET_CHARACTERS_MAX,
        description: 'Any text of 1 to 64 characters. Absent: stays as it is.',
        examples: [HMAC_SECRET_EXAMPLE],
      }),
    ),
  },
  { $id: 'CallbackConfigurationUpdate' },
);

// --- What is sent to a callback URL ---------------------------------------------------------------------

const SERVICES: readonly PlatformService[] = ['SMS', 'CAMPAIGN', 'VOICE'];

const EVENT_TYPES: CallbackEventType[] = SERVICES.flatMap((service) => [
  callbackEventType('PROVISION', service),
  callbackEventType('DEPROVISION', service),
]);

const ORDER_EVENT_TYPES: OrderCallbackType[] = ['NUMBER_ORDER_PROCESSING', 'RENT_ORDER_PROCESSING'];

const STATUSES: CallbackStatus[] = ['SUCCEEDED', 'FAILED'];

/** Of the two kinds of orders; no order is told of while it is as it was made. */
const ORDER_STATUSES = [...NUMBER_ORDER_STATES, ...RENT_ORDER_STATES].filter(
  (state, i, states) =>
    state !== 'CREATED' && state !== 'IN_PROGRESS' && states.indexOf(state) === i,
);

const FAILURE_CODES: CallbackFailureCode[] = [
  ...new Set(
    SERVICES.flatMap((service) =>
      PROVISIONING_ERROR_CODES.map((code) => toFailureCode(service, code)),
    ),
  ),
].filter((code) => code !== null);

/** Documentation of `toCallbackPayload` in the domain. */
export const CallbackEvent = Type.Object(
  {
    eventId: Type.String({
      description: 'A ULID. The same event always has the same one: what you have seen, skip.',
      examples: ['01jtcx4m9sf3v8b2k7r6w5n1qa'],
    }),
    timestamp: Type.String({
      pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+$`,
      description: 'When it happened, in UTC; there is no zone at the end.',
      examples: ['2026-05-04T09:12:46.130871'],
    }),
    projectId: Type.String({ examples: [EXAMPLE_PROJECT_ID] }),
    resourceId: Type.String({
      description: 'The phone number, or the id of the order.',
      examples: ['+12025550134'],
    }),
    resourceType: Type.Enum(['ACTIVE_NUMBER', 'NUMBER_ORDER', 'RENT_ORDER'], { type: 'string' }),
    eventType: Type.Enum([...EVENT_TYPES, ...DUNNING_EVENT_TYPES, ...ORDER_EVENT_TYPES], {
      type: 'string',
      description: 'What was done or tried, or has become of a number that is not paid.',
    }),
    status: Type.Enum([...STATUSES, ...ORDER_STATUSES.filter((state) => state !== 'FAILED')], {
      type: 'string',
      description: 'Of a number SUCCEEDED or FAILED, of an order its new state.',
    }),
    failureCode: Type.Union([Type.Enum(FAILURE_CODES, { type: 'string' }), Type.Null()], {
      description:
        'Why it FAILED. Null when it SUCCEEDED, and for a service plan: those have no codes.',
    }),
    internalFailureCode: Type.Union([Type.String(), Type.Null()], {
      description: "The platform's own code, where it gave one.",
    }),
  },
  {
    $id: 'CallbackEvent',
    description:
      'One step of a provisioning that has ended, a step of dunning, or a new state of an order. Fields may be added later.',
  },
);
