/** Wakes one waiter. A wake that comes while nobody waits is kept, so: clear, look, wait, and nothing is missed. */
export class Waker {
  #raised = false;
  #wake: () => void = () => undefined;

  wake(): void {
    this.#raised = true;
    this.#wake();
  }

  clear(): void {
    this.#raised = false;
  }

  /** Until woken or aborted, or `ms` at most. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#raised || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
