import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DURATION_BUCKETS } from './buckets.js';
import { combinations, type Labels, type LabelValues } from './labels.js';
import { Measurements } from './measurements.js';

/** What a metric is, as docs/operations/metrics.md lists it. */
export interface MetricDeclaration {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Labels;
}

interface Described<Of extends Labels> {
  readonly name: string;
  readonly help: string;
  readonly labels?: Of;
}

interface DescribedDurations<Of extends Labels> extends Described<Of> {
  /**
   * A series appears with its first observation: of so many combinations most are never used. No alert may rest on the increase
   * of one alone.
   */
  readonly isSparse?: boolean;
}

/** A gauge that has no value until it is measured. */
export interface MeasuredGauge<Of extends Labels> {
  set(labels: LabelValues<Of>, value: number): void;
  forget(): void;
}

/** Gauges that are named as counters are, which `promtool check metrics` refuses; each is there by type as well. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

type NoLabels = Readonly<Record<string, readonly []>>;

/** The metrics of one process. Each is declared once; its series exist from the start, so that the first event is an increase. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #measurements = new Measurements();
  readonly #declared: MetricDeclaration[] = [];

  /** Memory, CPU, file descriptors, event loop and garbage collection. Observes the process from now on: once per process. */
  observeProcess(): this {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    return this;
  }

  get declared(): readonly MetricDeclaration[] {
    return this.#declared;
  }

  /** @returns adds 1, or as many as it is told */
  counter<const Of extends Labels = NoLabels>({
    name,
    help,
    labels,
  }: Described<Of>): (values: LabelValues<Of>, by?: number) => void {
    const known = this.#declare('counter', name, help, labels);
    const counter = new Counter({ name, help, labelNames: Object.keys(known), registers: [this.#registry] });
    for (const values of combinations(known)) counter.inc(values, 0);
    return (values, by = 1) => counter.inc({ ...values }, by);
  }

  /** @returns takes milliseconds, which is what events hold; the metric is in seconds */
  durations<const Of extends Labels = NoLabels>({
    name,
    help,
    labels,
    isSparse = false,
  }: DescribedDurations<Of>): (values: LabelValues<Of>, ms: number) => void {
    const known = this.#declare('histogram', name, help, labels);
    const histogram = new Histogram({
      name,
      help,
      labelNames: Object.keys(known),
      buckets: [...DURATION_BUCKETS],
      registers: [this.#registry],
    });
    if (!isSparse) for (const values of combinations(known)) histogram.zero(values);
    return (values, ms) => histogram.observe({ ...values }, ms / 1_000);
  }

  gauge<const Of extends Labels = NoLabels>({ name, help, labels }: Described<Of>): MeasuredGauge<Of> {
    const known = this.#declare('gauge', name, help, labels);
    const gauge = new Gauge({ name, help, labelNames: Object.keys(known), registers: [this.#registry] });
    const forget = (): void => {
      gauge.reset();
      if (Object.keys(known).length === 0) gauge.remove(); // One without labels is 0 otherwise.
    };
    forget();
    return { set: (values, value) => gauge.set({ ...values }, value), forget };
  }

  /**
   * Measures at each scrape. What cannot be measured has no value then, which is what an alert on absence hears; the other
   * metrics are not held up.
   */
  measure(gauges: readonly Pick<MeasuredGauge<Labels>, 'forget'>[], look: () => Promise<void> | void): void {
    this.#measurements.add(gauges, look);
  }

  readonly contentType = this.#registry.contentType;

  /** Everything, in Prometheus's text format, measured now. */
  async exposition(): Promise<string> {
    await this.#measurements.take();
    return this.#registry.metrics();
  }

  #declare(type: MetricDeclaration['type'], name: string, help: string, labels: Labels = {}): Labels {
    this.#declared.push({ name, type, help, labels });
    return labels;
  }
}
