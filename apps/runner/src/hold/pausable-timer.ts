/** A time-out that does not run while it is paused. */
export class PausableTimer {
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  private ended = false;

  constructor(
    private remainingMs: number,
    private readonly onDue: () => void,
  ) {
    this.resume();
  }

  get leftMs(): number {
    return this.timer === undefined ? this.remainingMs : this.remainingMs - (performance.now() - this.since);
  }

  pause(): void {
    if (this.timer === undefined) return;
    this.remainingMs = this.leftMs;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  resume(): void {
    if (this.timer !== undefined || this.ended) return;
    this.since = performance.now();
    this.timer = setTimeout(
      () => {
        this.end();
        this.onDue();
      },
      Math.max(0, this.remainingMs),
    );
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
