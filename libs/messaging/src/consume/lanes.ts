/**
 * Runs tasks in order within a key and side by side across keys. A key costs nothing once its tasks are done.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves when the task has run; what it throws is thrown here and does not stop the tasks behind it. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(key);
    const done = before === undefined ? task() : before.then(task);
    const tail = done
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    this.#tails.set(key, tail);
    return done;
  }
}
