/** A time-out that does not run while it is paused. */
export class PausableTimer {
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  private ended = false;

  constructor(
    private leftMs: number,
    private readonly onDue: () => void,
  ) {
    this.resume();
  }

  pause(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.leftMs -= performance.now() - this.since;
  }

  resume(): void {
    if (this.timer !== undefined || this.ended) return;
    this.since = performance.now();
    this.timer = setTimeout(
      () => {
        this.end();
        this.onDue();
      },
      Math.max(0, this.leftMs),
    );
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
