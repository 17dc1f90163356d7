import { deprovision, provision, showAddress } from './steps/address.ts';
import { hold, releaseHold } from './steps/hold.ts';
import { link } from './steps/link.ts';
import { attach, createOrder, register, submit } from './steps/number-order.ts';
import { pay, recall, review } from './steps/operator.ts';
import { check, rent, rentAny, rentOnSale } from './steps/rent.ts';
import { orderListed, orderMatching } from './steps/rent-order.ts';
import { lock, release, show, undoRelease } from './steps/rental.ts';
import type { MakeOperatorStep, MakeStep } from './steps/step.ts';

/** Everything that projects do, the frequent ones several times. */
export const STEPS: readonly MakeStep[] = [
  rent,
  rent,
  rentOnSale,
  release,
  release,
  release,
  release,
  undoRelease,
  lock,
  link,
  link,
  link,
  link,
  show,
  check,
  rentAny,
  orderListed,
  orderMatching,
  hold,
  hold,
  releaseHold,
  createOrder,
  createOrder,
  register,
  attach,
  submit,
  submit,
  submit,
  submit,
  provision,
  provision,
  deprovision,
  showAddress,
];

/** Those whose outcome does not depend on when they are carried out, so that a server may die in the middle of them. */
export const TIMELESS_STEPS: readonly MakeStep[] = [
  rentOnSale,
  orderListed,
  link,
  register,
  attach,
  submit,
  provision,
  deprovision,
];

/** What the operator does. */
export const OPERATOR_STEPS: readonly MakeOperatorStep[] = [pay, pay, review, review, recall];
