import { areaCodeOf } from './area-code.ts';
import type { Gazetteer } from './gazetteer.ts';
import { describePlace } from './place.ts';
import type { Pool } from './pool.ts';

/** Where a number is from, in the words of the search: each '' where there is none. */
export interface NumberArea {
  areaCode: string;
  locality: string;
  administrativeArea: string;
}

/**
 * The area of numbers that begin so. Toll-free numbers have none, and mobile ones only where they have area
 * codes.
 */
export function areaOfNumber(
  gazetteer: Gazetteer,
  pool: Pick<Pool, 'regionCode' | 'type'>,
  e164: string,
): NumberArea {
  const place = describePlace(gazetteer, e164, pool.type);
  const hasArea =
    pool.type === 'LOCAL' ||
    (pool.type === 'MOBILE' && gazetteer.region(pool.regionCode)?.mobileToo === true);
  return {
    areaCode: hasArea ? areaCodeOf(gazetteer, pool.regionCode, e164) : '',
    locality: place?.locality ?? '',
    administrativeArea: place?.administrativeArea ?? '',
  };
}
