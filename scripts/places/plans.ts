/** What the data does not say about the numbering plans, with our own corrections of it. */
export interface RegionPlan {
  region: string;
  callingCode: string;
  /** Digits of an area code behind the calling code, where all of them are equally long. */
  areaDigits?: number;
  /** Mobile numbers have area codes as all others do. */
  mobileToo?: boolean;
  /** Longer beginnings are folded into one of this many digits: they are single exchanges. */
  digitsMax?: number;
  /** Texts are "Town, State" here, so that one without a state is a state. */
  statesAlone?: boolean;
  /** Only beginnings that match are of this region, where a calling code serves several. */
  only?: RegExp;
  /** Smaller towns are left out: their numbers are known by state only. */
  populationMin?: number;
  /** Area codes were given out by the alphabet: similar ones are not near each other. */
  alphabetical?: boolean;
  /** Names of states in other words: the English name or GeoNames' code, then the others. */
  states?: readonly string[];
  /** Names of towns in the data, and what they are called. */
  renamed?: Readonly<Record<string, string>>;
  /** Beginnings that the data does not have, with the text that it would have. */
  added?: Readonly<Record<string, string>>;
  /** Towns by states or counties, for beginnings whose text names no town. */
  zones?: readonly { digits: string; admin1: readonly string[]; admin2?: readonly string[] }[];
}

const GUERNSEY = /^1481/;
const JERSEY = /^1534/;
const MAN = /^1624/;

export const PLANS: readonly RegionPlan[] = [
  {
    region: 'US',
    callingCode: '1',
    areaDigits: 3,
    mobileToo: true,
    statesAlone: true,
    renamed: { 'Washington D.C.': 'Washington, DC', 'Washington State': 'Washington' },
    // Long Island, where the data says New York City; and codes that serve that city only.
    added: {
      '934': 'New York',
      '718': 'New York, NY',
      '917': 'New York, NY',
      '347': 'New York, NY',
      '929': 'New York, NY',
    },
  },
  {
    region: 'CA',
    callingCode: '1',
    areaDigits: 3,
    mobileToo: true,
    statesAlone: true,
    added: { '273': 'Quebec' },
    renamed: { 'British Colombia': 'British Columbia', 'Watson Lake': 'Watson Lake, YT' },
    states: [
      '01 AB',
      '02 BC',
      '03 MB',
      '04 NB',
      '05 NL',
      '07 NS',
      '08 ON',
      '09 PE',
      '10 QC',
      '11 SK',
      '12 YT',
      '13 NT',
      '14 NU',
    ],
  },
  {
    region: 'GB',
    callingCode: '44',
    alphabetical: true,
    only: /^(?!1481|1534|1624)/,
    renamed: { Tyneside: 'Newcastle upon Tyne', Teesside: 'Middlesbrough' },
  },
  { region: 'GG', callingCode: '44', only: GUERNSEY, renamed: { Guernsey: 'Saint Peter Port' } },
  { region: 'JE', callingCode: '44', only: JERSEY, renamed: { Jersey: 'Saint Helier' } },
  { region: 'IM', callingCode: '44', only: MAN, renamed: { 'Isle of Man': 'Douglas' } },
  {
    region: 'DE',
    callingCode: '49',
    // A village in another state.
    renamed: { Hessen: 'Osterwieck-Hessen' },
    states: [
      '01 BW|Baden-Württemberg',
      '02 BY|Bayern|Free State of Bavaria',
      '03 HB|Freie Hansestadt Bremen',
      '04 HH|Freie und Hansestadt Hamburg',
      '05 HE|Hessen',
      '06 NI|Niedersachsen',
      '07 NW|NRW|Nordrhein-Westfalen',
      '08 RP|Rhineland-Palatinate',
      '09 SL',
      '10 SH',
      '11 BB',
      '12 MV|Mecklenburg-Western Pomerania',
      '13 SN|Sachsen',
      '14 ST|Sachsen-Anhalt',
      '15 TH|Thüringen',
      '16 BE|Berlin',
    ],
  },
  {
    region: 'AT',
    callingCode: '43',
    states: [
      '02 Kärnten',
      '03 Niederösterreich',
      '04 Oberösterreich',
      '06 Steiermark',
      '07 Tirol',
      '09 Wien',
    ],
  },
  {
    region: 'CH',
    callingCode: '41',
    renamed: { Berne: 'Bern', Soleure: 'Solothurn', Bienne: 'Biel/Bienne' },
  },
  {
    region: 'FR',
    callingCode: '33',
    areaDigits: 1,
    // The five zones of the plan. Since 2023 a number may leave its zone, so libphonenumber has no places.
    added: { '1': 'Paris', '2': '', '3': '', '4': '', '5': '' },
    zones: [
      { digits: '1', admin1: ['11'] },
      { digits: '2', admin1: ['24', '28', '52', '53'] },
      { digits: '3', admin1: ['27', '32', '44'] },
      { digits: '4', admin1: ['84', '93', '94'] },
      { digits: '4', admin1: ['76'], admin2: ['11', '30', '34', '48', '66'] },
      { digits: '5', admin1: ['75'] },
      { digits: '5', admin1: ['76'], admin2: ['09', '12', '31', '32', '46', '65', '81', '82'] },
    ],
    states: ['53 Bretagne', '28 Normandie', '94 Corse', '75 Nouvelle-Aquitaine'],
  },
  {
    region: 'IT',
    callingCode: '39',
    states: ['09 Lombardia', '12 Piemonte', '13 Puglia', '14 Sardegna', '15 Sicilia', '16 Toscana'],
  },
  {
    region: 'ES',
    callingCode: '34',
    areaDigits: 3,
    digitsMax: 3,
    renamed: {
      Cordova: 'Córdoba',
      Castellón: 'Castelló de la Plana',
      Guipúzcoa: 'Gipuzkoa',
      Tenerife: 'Santa Cruz de Tenerife',
    },
    states: [
      '07 Islas Baleares|Illes Balears',
      '32 Navarra',
      '51 Andalucía',
      '53 Canarias|Islas Canarias',
      '54 Castilla-La Mancha',
      '55 Castilla y León',
      '56 Cataluña|Catalunya',
      '58 Galiza',
      '59 País Vasco|Euskadi',
      '60 Comunitat Valenciana|Comunidad Valenciana|Valencian Community',
    ],
  },
  { region: 'PT', callingCode: '351', states: ['14 Lisboa'] },
  { region: 'NL', callingCode: '31' },
  { region: 'BE', callingCode: '32', states: ['VLG Vlaanderen', 'WAL Wallonie', 'BRU Bruxelles'] },
  { region: 'LU', callingCode: '352' },
  { region: 'IE', callingCode: '353', digitsMax: 5 },
  { region: 'SE', callingCode: '46' },
  {
    region: 'NO',
    callingCode: '47',
    areaDigits: 2,
    digitsMax: 4,
    states: [
      '21 Sør-Trøndelag|Nord-Trøndelag',
      '34 Hedmark|Oppland',
      '42 Aust-Agder|Vest-Agder',
      '46 Hordaland|Sogn og Fjordane',
    ],
  },
  {
    region: 'FI',
    callingCode: '358',
    only: /^(?!18)/,
    states: ['05 Häme', '08 Kymi', '01 Nyland', '19 Lappi'],
  },
  { region: 'PL', callingCode: '48' },
  { region: 'CZ', callingCode: '420', states: ['88 Central Bohemian', '78 South Moravia'] },
  { region: 'SK', callingCode: '421' },
  { region: 'HU', callingCode: '36' },
  { region: 'RO', callingCode: '40' },
  { region: 'GR', callingCode: '30' },
  { region: 'HR', callingCode: '385' },
  { region: 'SI', callingCode: '386' },
  { region: 'RS', callingCode: '381' },
  { region: 'LT', callingCode: '370' },
  { region: 'BG', callingCode: '359', digitsMax: 4, populationMin: 1000 },
  { region: 'UA', callingCode: '380', populationMin: 1000 },
  { region: 'TR', callingCode: '90' },
  { region: 'RU', callingCode: '7', only: /^[348]/, digitsMax: 5 },
  { region: 'KZ', callingCode: '7', only: /^7/, digitsMax: 5, populationMin: 1000 },
  { region: 'IL', callingCode: '972' },
  { region: 'AE', callingCode: '971' },
  { region: 'SA', callingCode: '966' },
  { region: 'ZA', callingCode: '27', areaDigits: 2 },
  { region: 'NG', callingCode: '234' },
  { region: 'KE', callingCode: '254' },
  { region: 'EG', callingCode: '20' },
  { region: 'MA', callingCode: '212', digitsMax: 4 },
  {
    region: 'AU',
    callingCode: '61',
    areaDigits: 1,
    digitsMax: 5,
    only: /^[2378]/,
    // The four zones of the plan: the data has places within them only.
    added: {
      '2': 'New South Wales/Australian Capital Territory',
      '3': 'Victoria/Tasmania',
      '7': 'Queensland',
      '8': 'South Australia/Western Australia/Northern Territory',
    },
    states: ['01 ACT', '02 NSW', '03 NT', '04 QLD', '05 SA', '06 TAS', '07 VIC', '08 WA'],
  },
  { region: 'NZ', callingCode: '64', areaDigits: 1, digitsMax: 4 },
  { region: 'JP', callingCode: '81' },
  {
    region: 'KR',
    callingCode: '82',
    states: [
      '01 Jeju',
      '03 Jeonbuk',
      '05 Chungbuk',
      '06 Gangwon',
      '13 Gyeonggi',
      '14 Gyeongbuk',
      '16 Jeonnam',
      '17 Chungnam',
      '20 Gyeongnam',
      '22 Sejong City',
    ],
  },
  { region: 'TW', callingCode: '886' },
  { region: 'CN', callingCode: '86', digitsMax: 4, only: /^(?:10$|[2-9])/ },
  {
    region: 'IN',
    callingCode: '91',
    populationMin: 20_000,
    renamed: { 'Hyderabad Local, Andhra Pradesh': 'Hyderabad' },
  },
  { region: 'ID', callingCode: '62' },
  { region: 'TH', callingCode: '66' },
  { region: 'VN', callingCode: '84' },
  { region: 'PH', callingCode: '63' },
  {
    region: 'BR',
    callingCode: '55',
    areaDigits: 2,
    mobileToo: true,
    statesAlone: true,
    populationMin: 20_000,
  },
  { region: 'MX', callingCode: '52', mobileToo: true },
  { region: 'AR', callingCode: '54', digitsMax: 4 },
  { region: 'CL', callingCode: '56' },
  { region: 'CO', callingCode: '57', digitsMax: 4 },
  { region: 'PE', callingCode: '51' },
  { region: 'UY', callingCode: '598' },
];

/**
 * North American area codes that lie over the whole area of an older one, and so belong to the same places.
 * The plan's administrator announces each; libphonenumber knows only their state.
 */
export const OVERLAYS: Readonly<Record<string, string>> = Object.fromEntries(
  `201:551 203:475 205:659 209:350 210:726 212:332,646 213:738 214:469,972,945 215:267,445 217:447
  248:947 256:938 270:364 301:240,227 303:720,983 304:681 305:786,645 306:639,474 309:861 310:424
  312:872 314:557 315:680 317:463 330:234 336:743 404:470,678,943 405:572 407:689 408:669 410:443,667
  412:878 415:628 416:647,437,942 418:581,367,273 419:567 450:579,354 503:971 506:428 508:774
  510:341 512:737 513:283 514:438,263 516:363 518:838 519:226,548,382 530:837 540:826 541:458 561:728
  570:272 573:235 601:769 608:353 609:640 610:484,835 613:343,753 614:380 615:629 617:857
  618:730 630:331 631:934 702:725 703:571 704:980 705:249,683 706:762 709:879 713:281,832,346
  714:657 715:534 717:223 718:347,929 732:848 740:220 757:948 760:442 781:339 801:385 803:839 804:686
  805:820 812:930 813:656 814:582 815:779 816:975 817:682 818:747 819:873,468 843:854 845:329 847:224
  850:448 860:959 864:821 870:327 902:782 903:430 904:324 905:289,365,742 909:840 910:472 916:279
  918:539 919:984 920:274 937:326 954:754 970:748 973:862 978:351`
    .split(/\s+/)
    .flatMap((line) => {
      const [base = '', codes = ''] = line.split(':');
      return codes.split(',').flatMap((code) => (code === '' ? [] : [[code, base] as const]));
    }),
);
