/** Wakes one waiter. A wake that comes while nobody waits is kept for the next wait, so none is lost. */
export class Signal {
  #raised = false;
  #waiter: (() => void) | undefined;

  wake(): void {
    this.#raised = true;
    this.#waiter?.();
  }

  /** Forgets earlier wakes: called before looking, so that whatever comes while looking wakes again. */
  clear(): void {
    this.#raised = false;
  }

  /** Until woken, or `timeoutMs` at most. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.#raised) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#waiter = undefined;
  }
}
