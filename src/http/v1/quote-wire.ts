import type { ReleaseQuote } from '../../app/quote-release.ts';
import type { RentOrderQuote } from '../../app/quote-rent-order.ts';
import type { RentQuote } from '../../app/quote-rent.ts';
import { formatAmount } from '../../domain/money.ts';
import type { ProvisioningStep } from '../../domain/provisioning.ts';
import { firstPriceMinor, periodPriceMinor } from '../../domain/rent-price.ts';
import { toErrorJson } from '../error-response.ts';
import { toLimit } from './limits.ts';
import { toConfigurations, toPoolFields } from './wire.ts';

/** Of a large order more would be of no use to anyone: what is wrong with most is wrong with all. */
const REFUSED_NUMBERS_MAX = 100;

export function toRentQuote(quote: RentQuote): Record<string, unknown> {
  const { e164, pool, nextChargeAt, steps, limits, problems } = quote;
  return {
    phoneNumber: e164,
    ...toPoolFields(pool),
    firstPeriodPrice: toMoney(pool.currencyCode, periodPriceMinor(pool)),
    totalDue: toMoney(pool.currencyCode, firstPriceMinor(pool)),
    nextChargeDate: nextChargeAt,
    provisioningSteps: steps.map(toStep),
    limits: limits.map(toLimit),
    problems: problems.map(toErrorJson),
  };
}

export function toRentOrderQuote(quote: RentOrderQuote): Record<string, unknown> {
  return {
    state: quote.state,
    allOrNothing: quote.order.allOrNothing,
    requestedQuantity: quote.order.quantity,
    rentableQuantity: quote.rentableCount,
    totals: quote.totals.map(({ currencyCode, count, setupMinor, periodMinor }) => ({
      quantity: count,
      setupPrice: toMoney(currencyCode, setupMinor),
      firstPeriodPrice: toMoney(currencyCode, periodMinor),
      totalDue: toMoney(currencyCode, setupMinor + periodMinor),
    })),
    nextChargeDate: quote.nextChargeAt ?? null,
    supportingDocumentationRequired: quote.documentationRequired,
    limits: quote.limits.map(toLimit),
    error: quote.error === undefined ? null : toErrorJson(quote.error),
    orderNumbers: quote.refused.slice(0, REFUSED_NUMBERS_MAX).map(({ e164, problems }) => ({
      phoneNumber: e164,
      problems: problems.map(toErrorJson),
    })),
  };
}

export function toReleaseQuote(quote: ReleaseQuote): Record<string, unknown> {
  const { number, expireAt, paidPeriod, cancelled } = quote;
  // As the active number shows them, of which only what would be cancelled is left.
  const { smsConfiguration, voiceConfiguration } = toConfigurations({
    ...number,
    scheduledSms: cancelled.scheduledSms,
    scheduledVoice: cancelled.scheduledVoice,
  });
  return {
    phoneNumber: number.e164,
    expireAt,
    totalDue: toMoney(number.currencyCode, quote.dueMinor),
    paidPeriod: {
      startTime: paidPeriod.startAt,
      endTime: paidPeriod.endAt,
      price: toMoney(number.currencyCode, paidPeriod.priceMinor),
    },
    undoUntil: expireAt,
    quarantineUntil: quote.quarantineUntil ?? null,
    provisioningSteps: quote.steps.map(toStep),
    emergencyAddressRemoved: quote.endsEmergencyAddress,
    scheduledProvisioning: smsConfiguration.scheduledProvisioning,
    scheduledVoiceProvisioning: voiceConfiguration.scheduledVoiceProvisioning,
    problems: quote.problems.map(toErrorJson),
  };
}

function toStep({ action, service, targetId, voiceType }: ProvisioningStep) {
  return { action, service, targetId, voiceType: voiceType ?? null };
}

function toMoney(currencyCode: string, minor: number | bigint) {
  return { currencyCode, amount: formatAmount(minor, currencyCode) };
}
