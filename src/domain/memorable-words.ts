/**
 * Words that businesses like to have at the end of their number, for the letters of the keypad. Plain
 * English words of general use, no names and no brands; where two are typed alike the first one is shown.
 */
const WORDS = `
  TAXI CALL HELP HOME FOOD LOAN CARS BANK SHOP SALE CASH GIFT GOLD LOVE LIFE CARE KIDS PETS TOYS BOOK
  GAME GOLF FISH WINE BEER CAFE CAKE DEAL EASY FAST FREE HAIR HERO JOBS LAWN MAIL MOVE NEWS PARK
  PLAN PLAY POOL RENT RIDE ROOF SAFE SEAT SHIP SHOE SNOW SOLD STAR TEAM TECH TIRE TOUR TREE VETS
  PIZZA HOTEL MONEY FIXIT HOUSE HOMES LOANS MOVER MUSIC NURSE PAINT PARTY PHONE PHOTO PLANT PRINT RADIO
  SALES SHOES SOLAR SPORT STORE TEACH TOURS TRAIN TREES TRUCK VIDEO WATER BEACH BREAD CLEAN CLOUD
  COACH DANCE DREAM DRINK DRIVE EMAIL FIRST FRESH FRUIT GREEN HAPPY HEART LIGHT LUNCH QUICK SMILE
  DOCTOR LAWYER FLOWER TRAVEL HOTELS DENTAL GARDEN HEALTH RENTAL REPAIR SCHOOL SMILES TICKET TRAINS
  TRUCKS WINDOW BAKERY BANKER BUDGET CAMERA CARPET CHEESE CLINIC COFFEE CREDIT DESIGN DINNER DRIVER ENERGY
  ENGINE EXPERT FAMILY FINDER FLIGHT FRIEND GOLFER INSURE MARKET MOVERS MOVING OFFICE
  PLANET POLICY RESCUE SAFETY SALONS SEARCH SUMMER SUNSET TAXMAN TENNIS WINTER
  FLOWERS PLUMBER LAWYERS DOCTORS DENTIST TICKETS HOLIDAY SUPPORT WEATHER FREEDOM CARPETS CLEANER COURIER
  FITNESS FLIGHTS GARAGES GARDENS HEATING JUSTICE KITCHEN LEASING MASSAGE OPINION PACKAGE
  PAINTER PARKING PAYMENT PRINTER RENTALS REPAIRS ROOFING SCHOOLS SERVICE STORAGE SURGEON TAXICAB TEACHER
  TRAINER VITAMIN WEDDING WELCOME WINDOWS
`;

const KEYS = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];

let wordsByDigits: ReadonlyMap<string, string> | undefined;

/** Every word as the digits that it is typed with. */
export function listMemorableWords(): string[] {
  return [...getWords().keys()];
}

/** The word that digits spell. */
export function findMemorableWord(digits: string): string | undefined {
  return getWords().get(digits);
}

function getWords(): ReadonlyMap<string, string> {
  wordsByDigits ??= new Map(
    // The first of two that are typed alike stays.
    WORDS.trim()
      .split(/\s+/)
      .reverse()
      .map((word) => [[...word].map(toKey).join(''), word]),
  );
  return wordsByDigits;
}

function toKey(letter: string): string {
  return String(KEYS.findIndex((letters) => letters.includes(letter)));
}
