import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

import type { E164 } from './phone-number.ts';

const REGION_NAMES = new Intl.DisplayNames('en', { type: 'region' });

/**
 * Whether the text is the upper-case code of a region that has telephone numbers: ISO 3166-1 alpha-2,
 * and with it AC, TA and XK, which ISO only reserves but which have numbers.
 */
export function isRegionCode(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

/** The English name: `GB` is "United Kingdom". A code that is no region is its own name. */
export function regionName(code: string): string {
  return isRegionCode(code) ? (REGION_NAMES.of(code) ?? code) : code;
}

/** The digits that follow the plus sign in every number of the region: `1` for US, `44` for GB. */
export function callingCode(regionCode: string): string | undefined {
  return isRegionCode(regionCode) ? getCountryCallingCode(regionCode) : undefined;
}

/**
 * Why a number cannot belong to a region, as a sentence part that follows the number
 * ("belongs to CA, not US"), or `undefined` when it can.
 */
export type RegionFinder = (e164: E164, regionCode: string) => string | undefined;

/** About 1 MB. Imports come in blocks, so starting over when it is full costs next to nothing. */
const MEMO_SIZE_MAX = 10_000;

/**
 * Makes a region finder with a memory of its own: parsing costs 25 µs, so a million numbers of one
 * block should not be parsed a million times.
 */
export function createRegionFinder(): RegionFinder {
  const memo = new Map<string, string | undefined>();
  return (e164, regionCode) => {
    const key = `${regionCode} ${e164.length} ${decisivePart(e164)}`;
    if (memo.has(key)) return memo.get(key);
    if (memo.size >= MEMO_SIZE_MAX) memo.clear();
    const reason = explainMismatch(e164, regionCode);
    memo.set(key, reason);
    return reason;
  };
}

/**
 * The characters that decide the region: all but the last three digits, and never fewer than eight. It
 * takes that many: Christmas Island owns blocks of 1,000 among Australia's numbers, and the Vatican has
 * numbers of seven digits behind Italy's +39. Of numbers generated from libphonenumber's plans, cutting
 * four digits gave wrong answers; this gave none in 480,000.
 */
function decisivePart(e164: E164): string {
  return e164.slice(0, Math.max(8, e164.length - 3));
}

function explainMismatch(e164: E164, regionCode: string): string | undefined {
  if (!isRegionCode(regionCode)) return `cannot belong to ${regionCode}, which is not a region`;
  const code = getCountryCallingCode(regionCode);
  if (!e164.startsWith(`+${code}`)) {
    return `does not begin with +${code}, the calling code of ${regionCode}`;
  }
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed === undefined) return `is not a telephone number of ${regionCode}`;
  if (parsed.number !== e164) return `has a trunk prefix after +${code}`;
  // Regions share ranges too (toll-free in North America, mobile on Åland), and the parser then names the
  // largest. So the question is put twice: whose number is it, and would it be a number of this region?
  const owner = parsed.country;
  parsed.country = regionCode;
  if (!parsed.isPossible()) return `has a wrong number of digits for ${regionCode}`;
  if (owner === undefined || owner === regionCode || parsed.isValid()) return undefined;
  return `belongs to ${owner}, not ${regionCode}`;
}
