/** Rings for keys; who listens is woken. Cheap and lossy across processes: a listener also looks now and then by itself. */
export class Bell {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** @param keys null rings for everybody */
  ring(keys: Iterable<string> | null): void {
    for (const key of keys ?? this.#listeners.keys()) {
      for (const listener of this.#listeners.get(key) ?? []) listener.ring();
    }
  }

  /** Starts to listen. Listen first, then look, then wait: nothing that happens in between is missed. */
  listen(key: string): Listener {
    const listener: Listener = new Listener(() => {
      const listeners = this.#listeners.get(key);
      if (listeners?.delete(listener) && listeners.size === 0) this.#listeners.delete(key);
    });
    const listeners = this.#listeners.get(key);
    if (listeners) listeners.add(listener);
    else this.#listeners.set(key, new Set([listener]));
    return listener;
  }

  get listenedKeys(): number {
    return this.#listeners.size;
  }
}

export class Listener {
  #rung = false;
  #wake: () => void = () => undefined;

  constructor(readonly close: () => void) {}

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Resolves when it has rung since the last wait, when `ms` have passed, or when `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) await this.#woken(ms, signal);
    this.#rung = false;
  }

  #woken(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
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
