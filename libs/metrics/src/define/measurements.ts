/** A look that takes longer is given up for this scrape: Prometheus waits 10 s for all of them together. */
const WITHIN_MS = 2_000;

interface Measurement {
  readonly gauges: readonly { forget(): void }[];
  readonly look: () => Promise<void> | void;
}

/** What is looked up when somebody asks, side by side; two who ask at once share one look. */
export class Measurements {
  readonly #all: Measurement[] = [];
  #taking: Promise<void> | undefined;

  add(gauges: Measurement['gauges'], look: Measurement['look']): void {
    this.#all.push({ gauges, look });
  }

  /** Never rejects. */
  take(): Promise<void> {
    this.#taking ??= Promise.all(this.#all.map(takeOne)).then(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }
}

async function takeOne({ gauges, look }: Measurement): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the measurement takes too long')), WITHIN_MS);
  });
  try {
    await Promise.race([look(), late]);
  } catch {
    for (const gauge of gauges) gauge.forget(); // A value of before would be taken for one of now.
  } finally {
    clearTimeout(timer);
  }
}
