import { EventEmitter, once } from 'node:events';

import { type RecordingListener, startRecordingListener } from './recording-listener.ts';

/** A receiver that keeps its callers waiting. */
export interface HoldingListener extends RecordingListener {
  /** Until it has been called so often. */
  untilCalled(times: number): Promise<void>;
  /** Answers all who wait, and from now on everybody at once. */
  answer(): void;
}

export async function startHoldingListener(): Promise<HoldingListener> {
  const calls = new EventEmitter();
  const mayAnswer = Promise.withResolvers<void>();
  const listener = await startRecordingListener((_request, response) => {
    calls.emit('call');
    void mayAnswer.promise.then(() => response.end());
  });
  return Object.assign(listener, {
    async untilCalled(times: number) {
      while (listener.requests.length < times) await once(calls, 'call');
    },
    answer: () => mayAnswer.resolve(),
  });
}
