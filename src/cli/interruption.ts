const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What shells show of a process that was interrupted. */
export const EXIT_CODE_INTERRUPTED = 130;

export interface Interruption extends Disposable {
  happened: boolean;
}

/**
 * Lets a command end where it can go on later, when somebody presses Ctrl+C. The second time ends it at once.
 * @param onInterrupt called when it happens.
 */
export function watchInterruption(onInterrupt?: () => void): Interruption {
  const interruption: Interruption = {
    happened: false,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
  const interrupt = () => {
    interruption.happened = true;
    onInterrupt?.();
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  return interruption;
}
