import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

import type { Gazetteer } from './gazetteer.ts';
import { listed } from './find-place.ts';
import { toInternationalForm } from './national-form.ts';
import { suggestNames } from './place-name.ts';
import { callingCode, isRegionCode } from './region.ts';

/** Trunk prefix and calling code included; the longest area codes have five digits. */
const WRITTEN_MAX = 20;
const DIGITS_MAX = 9;
const SUGGESTIONS_MAX = 3;

/**
 * Reads an area code as people of the region write it: 212, (212), 020 7, +44 20. Mobile and toll-free codes are area codes too.
 * @returns the beginnings of its numbers with plus sign: two where a first digit may be the one that is
 * dialled within the region or belong to the code; or else why it is none, to follow the name of the field.
 */
export function readAreaCode(
  gazetteer: Gazetteer,
  regionCode: string,
  text: string,
): { prefixes: string[] } | { problem: string } {
  const digits = text.replaceAll(/[\s().\-/]/g, '');
  const code = callingCode(regionCode);
  if (text.length > WRITTEN_MAX || !/^\+?\d{1,9}$/.test(digits) || code === undefined) {
    return {
      problem: `must be digits of an area code, at most ${DIGITS_MAX}, such as 212 or 020.`,
    };
  }
  if (digits.startsWith('+') && !digits.startsWith(`+${code}`)) {
    return { problem: `begins with another calling code than +${code}, that of ${regionCode}.` };
  }
  const read = toInternationalForm({ position: 'START', digits }, regionCode);
  const prefixes = read.map((pattern) => pattern.digits);
  const stranger = prefixes.map((prefix) => findOtherRegion(gazetteer, regionCode, prefix))[0];
  if (stranger !== undefined) {
    return {
      problem: `${stranger.areaCode} is an area code of ${stranger.region}, not of ${regionCode}.`,
    };
  }
  const possible = prefixes.filter((prefix) => canBegin(gazetteer, regionCode, prefix));
  if (possible.length > 0) return { prefixes: possible };
  const like = listed(suggestAreaCodes(gazetteer, regionCode, digits));
  return {
    problem: `no number of ${regionCode} begins so${like === '' ? '' : `; did you mean ${like}?`}`,
  };
}

/**
 * The area code of a number behind its calling code: as long as all of the region's are, or else as far as
 * the plan names a place. '' where there is none, as for most mobile numbers.
 */
export function areaCodeOf(gazetteer: Gazetteer, regionCode: string, e164: string): string {
  const region = gazetteer.region(regionCode);
  if (region === undefined) return '';
  const national = e164.slice(1 + region.callingCode.length);
  const owned = gazetteer.ownedBeginning(e164);
  if (region.areaDigits === undefined) return owned ?? '';
  // North America is all area codes, also new ones that the data does not have yet.
  return owned !== undefined || region.callingCode === '1'
    ? national.slice(0, region.areaDigits)
    : '';
}

/** Another region that has this area code, where a calling code serves several. */
function findOtherRegion(
  gazetteer: Gazetteer,
  regionCode: string,
  prefix: string,
): { areaCode: string; region: string } | undefined {
  const digits = gazetteer.region(regionCode)?.areaDigits;
  const code = callingCode(regionCode) ?? '';
  if (code !== '1' || digits === undefined) return undefined;
  const areaCode = prefix.slice(1 + code.length, 1 + code.length + digits);
  if (areaCode.length < digits) return undefined;
  const regions = gazetteer.regionsInside(`+${code}${areaCode}`);
  if (regions.size === 0 || regions.has(regionCode)) return undefined;
  return { areaCode, region: [...regions].join(' and ') };
}

function canBegin(gazetteer: Gazetteer, regionCode: string, prefix: string): boolean {
  if (gazetteer.regionsInside(prefix).has(regionCode)) return true;
  return isBeginningOfNumber(prefix, regionCode);
}

/** National numbers have up to this many digits, and what follows a beginning is tried out with these. */
const NATIONAL_DIGITS = [7, 8, 9, 10, 11];
const TRIED = [...'0123456789']
  .map((digit) => digit.repeat(11))
  .concat('23456789012', '01234567890');

/** Whether libphonenumber has a number that begins so. Costs up to a millisecond or two. */
function isBeginningOfNumber(prefix: string, regionCode: string): boolean {
  if (!isRegionCode(regionCode)) return false;
  const codeLength = callingCode(regionCode)?.length ?? 0;
  const begun = prefix.length - 1 - codeLength;
  return NATIONAL_DIGITS.some((length) =>
    TRIED.some((digits) => {
      if (begun > length) return false;
      const parsed = parsePhoneNumberFromString(prefix + digits.slice(0, length - begun));
      if (parsed === undefined) return false;
      // Regions share ranges, of which the parser names the largest region only.
      parsed.country = regionCode;
      return parsed.isValid();
    }),
  );
}

function suggestAreaCodes(gazetteer: Gazetteer, regionCode: string, digits: string): string[] {
  const region = gazetteer.region(regionCode);
  if (region === undefined) return [];
  const codes = region.places.flatMap((place) =>
    place.digits.map((each) => each.slice(0, region.areaDigits)),
  );
  return suggestNames(digits, new Set(codes), SUGGESTIONS_MAX).toSorted();
}
