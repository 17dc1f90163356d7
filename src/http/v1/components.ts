import type { TObject } from 'typebox';

import {
  CallbackConfiguration,
  CallbackConfigurationUpdate,
  CallbackEvent,
} from './callback-schemas.ts';
import {
  ScheduledProvisioning,
  ScheduledVoiceProvisioning,
  SmsConfiguration,
  VoiceConfiguration,
} from './configuration-schemas.ts';
import { Charge, ChargesResponse } from './charge-schemas.ts';
import { Coverage, CoverageResponse } from './coverage-schemas.ts';
import { EMERGENCY_ADDRESS_COMPONENTS } from './emergency-address-schemas.ts';
import { ErrorResponse } from './error-schemas.ts';
import { AccountBalance, AccountResponse, Dunning, UnpaidNumbers } from './account-schemas.ts';
import { Limit, LimitsResponse } from './limit-schemas.ts';
import { NumberEvent, NumberEventsResponse } from './number-event-schemas.ts';
import {
  ExtendNumberHoldRequest,
  HoldNumbersRequest,
  ListNumberHoldsResponse,
  NumberHold,
  NumberHoldsResponse,
} from './number-hold-schemas.ts';
import { NUMBER_ORDER_COMPONENTS } from './number-order-schemas.ts';
import {
  ActiveNumber,
  ActiveNumbersResponse,
  ActiveNumberUpdateRequest,
  AvailableNumber,
  AvailableNumbersResponse,
  AvailableRegion,
  AvailableRegionsResponse,
  Money,
  RentAnyNumberRequest,
  RentNumberRequest,
} from './schemas.ts';
import { QUOTE_COMPONENTS } from './quote-schemas.ts';
import {
  RentOrder,
  RentOrderNumber,
  RentOrderNumbersResponse,
  RentOrderRequest,
  RentOrdersResponse,
} from './rent-order-schemas.ts';
import { Statement, StatementTotal } from './statement-schemas.ts';
import { EXPLANATION_COMPONENTS } from './search-explanation.ts';
import { Memorability } from './search-page.ts';

/** Every schema that others refer to by its name. */
export const COMPONENTS: readonly TObject[] = [
  Money,
  Memorability,
  ...EXPLANATION_COMPONENTS,
  AvailableNumber,
  AvailableNumbersResponse,
  RentNumberRequest,
  RentAnyNumberRequest,
  ScheduledProvisioning,
  SmsConfiguration,
  ScheduledVoiceProvisioning,
  VoiceConfiguration,
  ActiveNumber,
  ActiveNumbersResponse,
  ActiveNumberUpdateRequest,
  AvailableRegion,
  AvailableRegionsResponse,
  Coverage,
  CoverageResponse,
  ...EMERGENCY_ADDRESS_COMPONENTS,
  CallbackConfiguration,
  CallbackConfigurationUpdate,
  CallbackEvent,
  NumberEvent,
  NumberEventsResponse,
  RentOrderNumber,
  RentOrder,
  RentOrderRequest,
  RentOrdersResponse,
  RentOrderNumbersResponse,
  Limit,
  LimitsResponse,
  ...QUOTE_COMPONENTS,
  AccountBalance,
  UnpaidNumbers,
  Dunning,
  AccountResponse,
  NumberHold,
  HoldNumbersRequest,
  NumberHoldsResponse,
  ListNumberHoldsResponse,
  ExtendNumberHoldRequest,
  Charge,
  ChargesResponse,
  StatementTotal,
  Statement,
  ...NUMBER_ORDER_COMPONENTS,
  ErrorResponse,
];
