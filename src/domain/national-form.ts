import { type CountryCode, Metadata } from 'libphonenumber-js/max';

import { callingCode, isRegionCode } from './region.ts';
import type { SearchPattern } from './search-pattern.ts';

/**
 * A START pattern without a plus sign is the national form of a region: "212" means "+1212" in US, and
 * "0207" means "+44207" in GB, whose national prefix is 0. Other patterns stay as they are.
 * @returns one pattern, or two where a digit may be the national prefix or belong to the number.
 */
export function toInternationalForm(pattern: SearchPattern, regionCode: string): SearchPattern[] {
  const { position, digits } = pattern;
  const code = callingCode(regionCode);
  if (position !== 'START' || digits.startsWith('+') || code === undefined) return [pattern];
  const prefix = nationalPrefix(regionCode);
  const whole = `+${code}${digits}`;
  // The beginning of the national prefix alone says nothing yet.
  if (digits.length < prefix.length && prefix.startsWith(digits)) {
    return [toStart(whole), toStart(`+${code}`)];
  }
  if (prefix === '' || !digits.startsWith(prefix)) return [toStart(whole)];
  const stripped = toStart(`+${code}${digits.slice(prefix.length)}`);
  return isNeverOfTheNumber(prefix, digits) ? [stripped] : [stripped, toStart(whole)];
}

/**
 * No number in North America begins with 1, and none anywhere with 0 in a region that has it for a prefix,
 * but for some whose second digit is 0 too (IN 000800). Elsewhere one cannot tell: RU 800 is not 00.
 */
function isNeverOfTheNumber(prefix: string, digits: string): boolean {
  return prefix === '1' || (prefix.startsWith('0') && digits[1] !== '0' && digits[1] !== '*');
}

function toStart(digits: string): SearchPattern {
  return { position: 'START', digits };
}

const metadata = new Metadata();
const prefixes = new Map<string, string>();

/** What is dialled in front of a number within its region: `0` in GB, `1` in US; empty where there is none. */
function nationalPrefix(regionCode: string): string {
  let prefix = prefixes.get(regionCode);
  if (prefix === undefined) {
    prefix = isRegionCode(regionCode) ? readNationalPrefix(regionCode) : '';
    prefixes.set(regionCode, prefix);
  }
  return prefix;
}

/** NOTE: the library has this, its types do not. */
function readNationalPrefix(regionCode: CountryCode): string {
  metadata.selectNumberingPlan(regionCode);
  const plan = metadata.numberingPlan as unknown as { nationalPrefix(): string | 0 } | undefined;
  return plan?.nationalPrefix() || '';
}
