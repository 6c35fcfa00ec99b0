import type { ExecutionId, ExecutionState } from '@necrocode/domain';

/** Ends that somebody in this process waits for, of executions that are being stopped. */
export class EndingsAwaited {
  readonly #waiting = new Map<ExecutionId, Set<(state: ExecutionState) => void>>();

  /** An end was recorded here. */
  recorded(executionId: ExecutionId, state: ExecutionState): void {
    for (const tell of this.#waiting.get(executionId) ?? []) tell(state);
  }

  /** Begins to listen now. @returns what has ended as soon as all have, or when the time after that call is over */
  expect(
    executionIds: readonly ExecutionId[],
  ): (withinMs: number) => Promise<ReadonlyMap<ExecutionId, ExecutionState>> {
    const ended = new Map<ExecutionId, ExecutionState>();
    let complete = (): void => undefined;
    const all = new Promise<void>((resolve) => (complete = resolve));
    const listeners = executionIds.map((executionId) => {
      const listener = (state: ExecutionState): void => {
        ended.set(executionId, state);
        if (ended.size === executionIds.length) complete();
      };
      this.#listenersOf(executionId).add(listener);
      return { executionId, listener };
    });
    return async (withinMs) => {
      const timer = setTimeout(complete, withinMs);
      if (executionIds.length === 0) complete();
      await all;
      clearTimeout(timer);
      for (const { executionId, listener } of listeners) this.#forget(executionId, listener);
      return ended;
    };
  }

  #listenersOf(executionId: ExecutionId): Set<(state: ExecutionState) => void> {
    const listeners = this.#waiting.get(executionId) ?? new Set();
    this.#waiting.set(executionId, listeners);
    return listeners;
  }

  #forget(executionId: ExecutionId, listener: (state: ExecutionState) => void): void {
    const listeners = this.#waiting.get(executionId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#waiting.delete(executionId);
  }
}
