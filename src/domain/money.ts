/**
 * Decimals of every active currency and fund of ISO 4217 (List One as of amendment 180, in force since
 * January 2026). Metals, bond units and test codes have no minor unit there, so they are no currencies
 * here. `Intl` would not do: it gives HUF and IQD no decimals, the way prices are shown in shops.
 */
const CURRENCIES_BY_DECIMALS: readonly (readonly [decimals: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
     CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
     GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
     MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
     PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
     TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

/**
 * Of one payment, price or limit, in minor units: ten billion dollars. What is beyond is a slip of the finger, and
 * every sum of nine thousand of them is still exact as a number.
 */
export const AMOUNT_MAX_MINOR = 1_000_000_000_000;

const DECIMALS: ReadonlyMap<string, number> = new Map(
  CURRENCIES_BY_DECIMALS.flatMap(([decimals, codes]) =>
    codes.split(/\s+/).map((code) => [code, decimals] as const),
  ),
);

/** Whether the text is the upper-case code of a currency in use. */
export function isCurrencyCode(code: string): boolean {
  return DECIMALS.has(code);
}

/**
 * Minor units as the decimal text of the wire, with all the decimals of the currency: 50 in USD is
 * `0.50`, 100 in JPY is `100`. Throws a RangeError for an unknown currency or a fraction of a minor
 * unit; both were refused when the amount came in.
 */
export function formatAmount(minor: number | bigint, currencyCode: string): string {
  const decimals = DECIMALS.get(currencyCode);
  if (decimals === undefined) throw new RangeError(`${currencyCode} is not a currency`);
  const units = BigInt(minor);
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * Reads an amount of zero or more into minor units. `undefined` for an unknown currency, a sign, more
 * decimals than the currency has, or an amount too large to be exact.
 */
export function parseAmount(text: string, currencyCode: string): number | undefined {
  const decimals = DECIMALS.get(currencyCode);
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (decimals === undefined || whole === undefined || fraction.length > decimals) return undefined;
  const minor = Number(whole + fraction.padEnd(decimals, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** What an amount of a currency in use must be, for whoever has written another: as `must be …`. */
export function describeAmount(currencyCode: string, minimumMinor: number): string {
  const [from, to] = [minimumMinor, AMOUNT_MAX_MINOR].map((minor) =>
    formatAmount(minor, currencyCode),
  );
  const decimals = DECIMALS.get(currencyCode) ?? 0;
  const precision = decimals === 0 ? 'without decimals' : `with at most ${decimals} decimals`;
  return `must be an amount in ${currencyCode} from ${from} to ${to}, ${precision}`;
}

/** A limit as clients write it: digits, perhaps with a fraction. It may have more decimals than a currency. */
const DECIMAL = /^(\d{1,15})(?:\.(\d{1,15}))?$/;

/** Whether the text is a decimal number of zero or more. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * Whether an amount in minor units is at most a limit, which is decimal text in the same currency.
 * Without a limit every amount is.
 */
export function isWithinAmount(
  minor: number,
  currencyCode: string,
  limit: string | undefined,
): boolean {
  if (limit === undefined) return true;
  const [, whole = '', fraction = ''] = DECIMAL.exec(limit) ?? [];
  const decimals = DECIMALS.get(currencyCode) ?? 0;
  // What is behind the last decimal of the currency cannot make room for one more minor unit.
  return BigInt(minor) <= BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
}
