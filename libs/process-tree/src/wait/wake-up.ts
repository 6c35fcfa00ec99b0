/** Sleeps that can be cut short. A call that comes while nobody sleeps cuts the next sleep short: none is lost. */
export class WakeUp {
  #called = false;
  #wake: (() => void) | undefined;

  call(): void {
    this.#called = true;
    this.#wake?.();
  }

  /** Resolves after the time or a call, whichever is first; answers whether it was a call. */
  async sleep(ms: number): Promise<boolean> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const called = this.#called;
    this.#called = false;
    this.#wake = undefined;
    return called;
  }
}
