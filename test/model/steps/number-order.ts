import assert from 'node:assert/strict';

import { isEditable } from '../../../src/domain/number-order.ts';
import { addMilliseconds, type Timestamp } from '../../../src/domain/timestamp.ts';
import type { Json } from '../../support/rentals.ts';
import { toForm, toRequestDetails } from '../../support/number-orders.ts';
import type { TestProject } from '../../support/test-server.ts';
import type { ModelRequest } from '../client.ts';
import type { Model, ModelNumber } from '../model.ts';
import {
  addOrder,
  countOrdered,
  DOCUMENTED_REGION,
  type ModelOrder,
  needsDocuments,
  ORDER_NUMBERS_MAX,
  ORDER_TTL_MS,
  submitOrder,
} from '../order.ts';
import { decideInSandbox, settleReview } from './review.ts';
import {
  assertRefused,
  pick,
  pickOnSale,
  pickRather,
  type Step,
  type StepContext,
} from './step.ts';

/** What the sandbox decides is in the name. */
const NAMES = ['Example GmbH', 'IN_REVIEW', 'IN_REVIEW', 'IN_REVIEW', 'BLOCKED', 'REJECTED'];
const DOCUMENT = { attachmentId: 'proof-of-identity', documentType: 'PASSPORT' };
const VOICE = { type: 'RTC', targetId: 'order-app' } as const;

/** One number by name, or some that match. */
export function createOrder(context: StepContext): Step {
  const { model, project, random } = context;
  const onSale = model.onSale(project.id);
  const documented = onSale.filter(({ pool }) => pool.regionCode === DOCUMENTED_REGION);
  const number =
    random(2) === 0 ? pickRather(documented, model.numbers, random) : pickOnSale(context);
  const { regionCode, type: numberType } = number.pool;
  const isNamed = random(2) === 0;
  const quantity = isNamed ? 1 : 1 + random(3);
  const matching = model.onSale(project.id, regionCode);
  // What the project holds itself goes over to its order.
  const free = isNamed
    ? [number].filter((each) => matching.includes(each) || model.isHeldBy(each, project.id))
    : matching;
  const isWithinLimit = countOrdered(model, project.id) + quantity <= ORDER_NUMBERS_MAX;
  const voice = random(2) === 0 ? VOICE : undefined;
  const body = {
    regionCode,
    numberType,
    ...(isNamed
      ? { numberOrderOption: { phoneNumbers: [number.e164] } }
      : { quantityOrderOption: { requestedQuantity: quantity } }),
    ...(voice && { voiceConfiguration: { appId: voice.targetId } }),
  };
  return {
    request: { project, method: 'POST', path: '/numberOrders:createNumberOrder', body },
    async settle(answer) {
      if (free.length < quantity) return assert.equal(answer.status, 404, answer.text);
      if (!isWithinLimit) return assertRefused(answer, 'ORDERS_LIMIT');
      assert.equal(answer.status, 200, answer.text);
      const { idNumberOrder: id, orderNumbers, state, createTime, expireTime } = answer.json;
      assert.deepEqual([state, orderNumbers.length], ['CREATED', quantity]);
      assert.equal(expireTime, addMilliseconds(createTime as Timestamp, ORDER_TTL_MS));
      const numbers = orderNumbers.map((each: Json) => findNumber(free, each.phoneNumber));
      addOrder(model, { id, projectId: project.id, numbers, voice }, expireTime);
    },
  };
}

/** Fills in the registration. */
export function register({ model, project, random }: StepContext): Step {
  const order = pickOpen(model, project, random);
  const name = pick(NAMES, random);
  return {
    request: toRegister(project, order, name),
    async settle(answer) {
      if (order?.projectId !== project.id) return assert.equal(answer.status, 404, answer.text);
      if (!isEditable(order.state)) return assertRefused(answer, 'ORDER_STATE');
      // Where nothing is required, nothing can be filled in.
      assert.equal(answer.status, needsDocuments(order) ? 200 : 400, answer.text);
      if (needsDocuments(order)) order.name = name;
    },
  };
}

/** Sends the document that is required. */
export function attach({ model, project, random }: StepContext): Step {
  const order = pickOpen(model, project, random);
  return {
    request: toAttach(project, order),
    async settle(answer) {
      if (order?.projectId !== project.id) return assert.equal(answer.status, 404, answer.text);
      if (!isEditable(order.state)) return assertRefused(answer, 'ORDER_STATE');
      assert.equal(answer.status, needsDocuments(order) ? 200 : 404, answer.text);
      if (needsDocuments(order)) order.hasDocument = true;
    },
  };
}

/** Hands an order to its reviewer, which is the sandbox unless the registration asks for a person. */
export function submit({ model, project, random }: StepContext): Step {
  const order = pickOpen(model, project, random);
  const isFilledIn =
    order?.projectId === project.id &&
    isEditable(order.state) &&
    needsDocuments(order) &&
    random(4) > 0;
  const name = pick(NAMES, random);
  return {
    before: isFilledIn ? [toRegister(project, order, name), toAttach(project, order)] : [],
    request: { project, method: 'POST', path: `${pathOf(order)}/submit` },
    async settle(answer, store) {
      if (order?.projectId !== project.id) return assert.equal(answer.status, 404, answer.text);
      if (isFilledIn) Object.assign(order, { name, hasDocument: true });
      if (order.state === 'COMPLETED') {
        assert.deepEqual([answer.status, answer.json.state], [200, 'COMPLETED'], answer.text);
        return;
      }
      if (order.state !== 'IN_REVIEW') {
        if (!isEditable(order.state)) return assertRefused(answer, 'ORDER_STATE');
        const missing = listMissing(order);
        if (missing.length > 0) return assertRefused(answer, ...missing);
        submitOrder(order);
      }
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual([answer.json.state, answer.json.expireTime], ['IN_REVIEW', null]);
      const outcome = decideInSandbox(model, order);
      if (outcome !== undefined) await settleReview(model, order, outcome, store);
    },
  };
}

function toRegister(
  project: TestProject,
  order: ModelOrder | undefined,
  name: string,
): ModelRequest {
  const body = { requestDetails: toRequestDetails(name) };
  return { project, method: 'PUT', path: `${pathOf(order)}/registration`, body };
}

function toAttach(project: TestProject, order: ModelOrder | undefined): ModelRequest {
  const { attachmentId, documentType } = DOCUMENT;
  const path = `${pathOf(order)}/attachments/${attachmentId}`;
  return { project, method: 'POST', path, body: toForm({ documentType }) };
}

/** What an order is refused for. An empty registration lacks one thing: all of its objects. */
function listMissing(order: ModelOrder): string[] {
  if (!needsDocuments(order)) return [];
  const { name, hasDocument } = order;
  return [
    ...(name === undefined ? ['REGISTRATION_INCOMPLETE'] : []),
    ...(hasDocument ? [] : ['ATTACHMENT_MISSING']),
  ];
}

/** Rather one that the project can change; perhaps one of another, or one that there is not. */
function pickOpen(
  { orders }: Model,
  { id }: TestProject,
  random: StepContext['random'],
): ModelOrder | undefined {
  const open = orders.filter(({ projectId, state }) => projectId === id && isEditable(state));
  return pickRather(open, [undefined, ...orders], random);
}

function pathOf(order: ModelOrder | undefined): string {
  return `/numberOrders/${order?.id ?? 'none'}`;
}

function findNumber(numbers: readonly ModelNumber[], e164: string): ModelNumber {
  const number = numbers.find((each) => each.e164 === e164);
  assert.ok(number, `${e164} was not on sale`);
  return number;
}
