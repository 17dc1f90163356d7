import type { Examples } from './examples.ts';
import { toPreconditionFailure } from './to-error-example.ts';

/** Requests that are right and cannot be granted as things are. */

const PROJECT_ID = 'project-one';
const NUMBER = '+12025550134';

/** What is not for a project to rent, or what it may have no more of. */
export const RENT_LIMITS: Examples = {
  order: {
    summary: 'Only with a number order',
    value: toPreconditionFailure({
      type: 'NUMBER_ORDER_REQUIRED',
      subject: '+493023125000',
      description:
        '+493023125000 requires documents: order it with numberOrders:createNumberOrder.',
    }),
  },
  balance: {
    summary: 'Not covered by the account',
    value: toPreconditionFailure({
      type: 'INSUFFICIENT_BALANCE',
      subject: PROJECT_ID,
      limit: '0.00',
      used: '0.00',
      resetTime: null,
      description:
        'The balance is 0.00 USD with a credit limit of 0.00; this number costs 1.25 at first.',
    }),
  },
  numbers: {
    summary: 'As many numbers as the project may rent',
    value: toPreconditionFailure({
      type: 'NUMBERS_LIMIT',
      subject: PROJECT_ID,
      limit: '1',
      used: '1',
      resetTime: null,
      description: 'The project may rent 1 numbers at a time, and rents 1.',
    }),
  },
  spend: {
    summary: 'As much as the project may be charged in a month',
    value: toPreconditionFailure({
      type: 'SPEND_LIMIT',
      subject: PROJECT_ID,
      limit: '2.00',
      used: '1.25',
      resetTime: '2026-02-01T00:00:00.000000Z',
      description:
        'The project may be charged 2.00 USD a month and has been charged 1.25; this number costs 1.25 at first.',
    }),
  },
};

export const LOCKED: Examples = {
  locked: {
    summary: 'Locked against release',
    value: toPreconditionFailure({
      type: 'DELETION_LOCK',
      subject: NUMBER,
      description: 'The number is locked against release: set deletionLock to false first.',
    }),
  },
};

export const UNPAID: Examples = {
  unpaid: {
    summary: 'Not released but unpaid',
    value: toPreconditionFailure({
      type: 'INSUFFICIENT_BALANCE',
      subject: NUMBER,
      description:
        'The number is not released but unpaid, and ends at 2026-03-30T10:20:30.123456Z: it goes on when the account covers it.',
    }),
  },
};

export const SUSPENDED: Examples = {
  suspended: {
    summary: 'Suspended',
    value: toPreconditionFailure({
      type: 'SUSPENDED',
      subject: NUMBER,
      description:
        'The number is suspended, because it is unpaid: it is connected again when the account covers it.',
    }),
  },
};

export const RELEASED: Examples = {
  released: {
    summary: 'A lock on a number that is released',
    value: toPreconditionFailure({
      type: 'RELEASED',
      subject: NUMBER,
      description:
        'The number is released and ends at 2026-02-28T10:20:30.123456Z: undo the release first.',
    }),
  },
};

export const ATTACHMENTS_LIMIT: Examples = {
  limit: {
    summary: 'More bytes than the open orders of a project may have',
    value: toPreconditionFailure({
      type: 'ATTACHMENTS_LIMIT',
      subject: PROJECT_ID,
      description:
        'The attachments of the open number orders of a project may have 100 bytes and have 28 without this one, which has 73.',
      limit: '100',
      used: '28',
      resetTime: null,
    }),
  },
};
