import { type EmergencyAddress, toAddress } from '../domain/emergency-address.ts';
import { type Platform, PlatformUnavailableError } from './platform.ts';

/**
 * Emergency addresses of the built-in platform. It knows every address, but for those in a street with one of these
 * names, which make the other outcomes. The table of docs/sandbox.md has one row for each, and a test runs every row.
 */
export const MAGIC_STREETS = {
  NEAR: 'Near Match St',
  UNKNOWN: 'No Match St',
  AMBIGUOUS: 'Several Matches St',
  REFUSED: 'Refused St',
  DOWN: 'Down St',
} as const;

/** What the platform knows instead of the addresses in those streets. */
const KNOWN_STREET = 'Main St';

/** Nothing is kept: what a number has is in the database. */
export const SANDBOX_ADDRESSES: Pick<Platform, 'validateAddress' | 'changeAddress'> = {
  async validateAddress({ address }) {
    switch (findMagicStreet(address)) {
      case 'NEAR':
        return {
          match: 'NEAR_MATCH',
          message: 'Address is known with another street name',
          corrected: { ...address, streetInfo: KNOWN_STREET },
          candidates: [],
        };
      case 'UNKNOWN':
        return { ...UNKNOWN, candidates: [] };
      case 'AMBIGUOUS':
        return { ...UNKNOWN, candidates: ['1', '2'].map((number) => neighbour(address, number)) };
      case 'DOWN':
        throw playDown();
      case 'REFUSED':
      case undefined:
        return {
          match: 'EXACT_MATCH',
          message: 'Address is a perfect match',
          corrected: undefined,
          candidates: [],
        };
    }
  },
  async changeAddress({ wanted }) {
    // Leaving always succeeds, as with all that the sandbox connects.
    const magic = wanted && findMagicStreet(wanted.address);
    if (magic === 'DOWN') throw playDown();
    if (magic !== 'REFUSED') return { outcome: 'DONE' };
    return { outcome: 'REJECTED', reason: `the sandbox refuses ${MAGIC_STREETS.REFUSED}` };
  },
};

const UNKNOWN = {
  match: 'NO_MATCH',
  message: 'Address is not known',
  corrected: undefined,
} as const;

/** Case does not matter, nor spaces around it. */
function findMagicStreet({ streetInfo }: EmergencyAddress): keyof typeof MAGIC_STREETS | undefined {
  const street = streetInfo.trim().toLowerCase();
  const names = Object.keys(MAGIC_STREETS) as (keyof typeof MAGIC_STREETS)[];
  return names.find((name) => MAGIC_STREETS[name].toLowerCase() === street);
}

function neighbour({ city, state, postalCode }: EmergencyAddress, streetNumber: string) {
  return toAddress({ streetNumber, streetInfo: KNOWN_STREET, city, state, postalCode });
}

function playDown(): PlatformUnavailableError {
  return new PlatformUnavailableError(
    `the sandbox plays a platform that is down (${MAGIC_STREETS.DOWN})`,
  );
}
