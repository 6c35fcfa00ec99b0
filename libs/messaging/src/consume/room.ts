/** Makes a producer wait while there is too much in progress. One waits at a time. */
export class Room {
  #wake: (() => void) | undefined;

  constructor(private readonly isFull: () => boolean) {}

  /** Resolves when there is room, or when the signal aborts. */
  async wait(stop: AbortSignal): Promise<void> {
    if (!this.isFull() || stop.aborted) return;
    const onAbort = (): void => this.changed();
    stop.addEventListener('abort', onAbort, { once: true });
    while (this.isFull() && !stop.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    stop.removeEventListener('abort', onAbort);
  }

  changed(): void {
    this.#wake?.();
  }
}
