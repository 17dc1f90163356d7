import type { E164 } from './phone-number.ts';
import type { Pool } from './pool.ts';

/** Consecutive numbers: `size` of them from `first` on. */
export interface NumberBlock {
  first: string;
  size: number;
}

/** A pool of the demo stock: what an operator would say to create it, and the numbers to put in. */
export interface DemoPool extends Pick<
  Pool,
  | 'name'
  | 'regionCode'
  | 'type'
  | 'capabilities'
  | 'currencyCode'
  | 'setupPriceMinor'
  | 'monthlyPriceMinor'
  | 'paymentIntervalMonths'
  | 'documentationRequired'
  | 'emergencyAddresses'
> {
  blocks: readonly NumberBlock[];
}

/** The numbers of a demo pool, block by block. */
export function* listDemoNumbers(pool: DemoPool): Generator<E164> {
  for (const { first, size } of pool.blocks) {
    const start = Number(first.slice(1));
    for (let i = 0; i < size; i++) yield `+${start + i}` as E164;
  }
}

/**
 * The eight area codes whose fictional numbers are sold as MOBILE. The plan does not tell mobile from
 * local; 202 is among them because the API reference asks for US MOBILE and shows +12025550134.
 */
const US_MOBILE_AREA_CODES = listCodes('202 305 404 512 617 702 818 917');

/** Every other geographic area code of the United States. */
const US_LOCAL_AREA_CODES = listCodes(`
  201 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 227 228 229 231
  234 235 239 240 248 251 252 253 254 256 260 262 267 269 270 272 274 276 279 281 283 301 302 303
  304 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 324 325 326 327 329 330 331 332
  334 336 337 339 341 346 347 350 351 352 353 360 361 363 364 369 380 385 386 401 402 405 406 407
  408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 440 442 443 445 447 448 458 463
  464 469 470 472 475 478 479 480 484 501 502 503 504 505 507 508 509 510 513 515 516 517 518 520
  530 531 534 539 540 541 551 557 559 561 562 563 564 567 570 571 572 573 574 575 580 582 585 586
  601 602 603 605 606 607 608 609 610 612 614 615 616 618 619 620 623 626 628 629 630 631 636 640
  641 645 646 650 651 656 657 659 660 661 662 667 669 678 680 681 682 686 689 701 703 704 706 707
  708 712 713 714 715 716 717 718 719 720 724 725 726 727 728 730 731 732 734 737 738 740 743 747
  748 754 757 760 762 763 765 769 770 771 772 773 774 775 779 781 785 786 801 802 803 804 805 806
  808 810 812 813 814 815 816 817 820 821 826 828 830 831 832 835 838 839 840 843 845 847 848 850
  854 856 857 858 859 860 862 863 864 865 870 872 878 901 903 904 906 907 908 909 910 912 913 914
  915 916 918 919 920 925 928 929 930 931 934 936 937 938 940 941 943 945 947 948 949 951 952 954
  956 959 970 971 972 973 975 978 979 980 983 984 985 986 989`);

/** Every geographic area code of Canada. */
const CA_AREA_CODES = listCodes(`
  204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450
  468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807
  819 825 867 873 879 902 905 942`);

/** British area codes with 496 0000 to 496 0999: Leeds to Manchester. */
const GB_496_AREA_CODES = listCodes('113 114 115 116 117 118 121 131 141 151 161');

/**
 * The complete demo stock, made only of ranges that regulators keep out of use for fiction (555-01XX in
 * North America, Ofcom, Bundesnetzagentur, Arcep, PTS, ACMA). So nobody's telephone rings because of a
 * test. There is no US TOLL_FREE pool because no such range exists.
 */
export const DEMO_POOLS: readonly DemoPool[] = [
  {
    name: 'demo-us-local',
    regionCode: 'US',
    type: 'LOCAL',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'USD',
    setupPriceMinor: 50,
    monthlyPriceMinor: 50,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: true,
    blocks: US_LOCAL_AREA_CODES.map(to555Block),
  },
  {
    name: 'demo-us-mobile',
    regionCode: 'US',
    type: 'MOBILE',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'USD',
    setupPriceMinor: 100,
    monthlyPriceMinor: 100,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: false,
    blocks: US_MOBILE_AREA_CODES.map(to555Block),
  },
  {
    name: 'demo-ca-local',
    regionCode: 'CA',
    type: 'LOCAL',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'CAD',
    setupPriceMinor: 75,
    monthlyPriceMinor: 75,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: true,
    blocks: CA_AREA_CODES.map(to555Block),
  },
  {
    name: 'demo-gb-mobile',
    regionCode: 'GB',
    type: 'MOBILE',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'GBP',
    setupPriceMinor: 100,
    monthlyPriceMinor: 150,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: false,
    blocks: blocksOf(1000, ['+447700900000']),
  },
  {
    name: 'demo-gb-local',
    regionCode: 'GB',
    type: 'LOCAL',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'GBP',
    setupPriceMinor: 50,
    monthlyPriceMinor: 80,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: false,
    blocks: blocksOf(1000, [
      '+442079460000',
      ...GB_496_AREA_CODES.map((areaCode) => `+44${areaCode}4960000`),
      '+441914980000',
      '+442890180000',
      '+442920180000',
    ]),
  },
  {
    name: 'demo-gb-toll-free',
    regionCode: 'GB',
    type: 'TOLL_FREE',
    capabilities: ['VOICE'],
    currencyCode: 'GBP',
    setupPriceMinor: 200,
    monthlyPriceMinor: 300,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: false,
    blocks: blocksOf(1000, ['+448081570000']),
  },
  {
    name: 'demo-de-local',
    regionCode: 'DE',
    type: 'LOCAL',
    capabilities: ['VOICE'],
    currencyCode: 'EUR',
    setupPriceMinor: 100,
    monthlyPriceMinor: 110,
    paymentIntervalMonths: 1,
    documentationRequired: true,
    emergencyAddresses: false,
    blocks: blocksOf(1000, [
      '+493023125000',
      '+496990009000',
      '+494066969000',
      '+492214710000',
      '+498999998000',
    ]),
  },
  {
    name: 'demo-fr-local',
    regionCode: 'FR',
    type: 'LOCAL',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'EUR',
    setupPriceMinor: 100,
    monthlyPriceMinor: 120,
    paymentIntervalMonths: 1,
    documentationRequired: true,
    emergencyAddresses: false,
    blocks: blocksOf(10_000, [
      '+33199000000',
      '+33261910000',
      '+33353010000',
      '+33465710000',
      '+33536490000',
    ]),
  },
  {
    name: 'demo-fr-mobile',
    regionCode: 'FR',
    type: 'MOBILE',
    capabilities: ['SMS', 'VOICE'],
    currencyCode: 'EUR',
    setupPriceMinor: 200,
    monthlyPriceMinor: 250,
    paymentIntervalMonths: 1,
    documentationRequired: true,
    emergencyAddresses: false,
    blocks: blocksOf(10_000, ['+33639980000']),
  },
  {
    name: 'demo-se-mobile',
    regionCode: 'SE',
    type: 'MOBILE',
    capabilities: ['SMS'],
    currencyCode: 'SEK',
    setupPriceMinor: 2000,
    monthlyPriceMinor: 2500,
    paymentIntervalMonths: 1,
    documentationRequired: false,
    emergencyAddresses: false,
    blocks: [{ first: '+46701740605', size: 95 }],
  },
  {
    name: 'demo-au-local',
    regionCode: 'AU',
    type: 'LOCAL',
    capabilities: ['VOICE'],
    currencyCode: 'AUD',
    setupPriceMinor: 200,
    monthlyPriceMinor: 275,
    paymentIntervalMonths: 1,
    documentationRequired: true,
    emergencyAddresses: false,
    blocks: blocksOf(
      10_000,
      listCodes('2 3 7 8').flatMap((code) => [`+61${code}55500000`, `+61${code}70100000`]),
    ),
  },
  {
    name: 'demo-au-toll-free',
    regionCode: 'AU',
    type: 'TOLL_FREE',
    capabilities: ['VOICE'],
    currencyCode: 'AUD',
    setupPriceMinor: 500,
    monthlyPriceMinor: 1200,
    paymentIntervalMonths: 1,
    documentationRequired: true,
    emergencyAddresses: false,
    blocks: [{ first: '+611800975707', size: 5 }],
  },
];

/** 555-0100 to 555-0199 of an area code under +1. */
function to555Block(areaCode: string): NumberBlock {
  return { first: `+1${areaCode}5550100`, size: 100 };
}

function blocksOf(size: number, firsts: readonly string[]): NumberBlock[] {
  return firsts.map((first) => ({ first, size }));
}

function listCodes(text: string): string[] {
  return text.trim().split(/\s+/);
}
