import {
  type BulkProgress,
  type CancellationProgress,
  countBulks,
  countCancellations,
  declareRequests,
  measureOpenCancellations,
  type Metrics,
  type OpenCancellationsNow,
} from '@necrocode/metrics';
import type { Logger, LogLine } from '@necrocode/service-kit';
import { bulkLine } from './bulk-line.js';
import { cancellationLine } from './cancellation-line.js';

/**
 * Counts and logs what is appended to the streams of this service: once, whatever is delivered or asked for twice. A turn
 * later, so that a signal that is about to be sent does not wait for it.
 */
export class ProgressRecord {
  readonly #countCancellation: (progress: CancellationProgress) => void;
  readonly #countBulk: (progress: BulkProgress) => void;

  constructor(
    metrics: Metrics,
    private readonly logger: Logger,
    open: () => Promise<OpenCancellationsNow>,
  ) {
    const requests = declareRequests(metrics);
    this.#countCancellation = countCancellations(metrics, requests);
    this.#countBulk = countBulks(metrics, requests);
    measureOpenCancellations(metrics, open);
  }

  readonly ofCancellation = (progress: CancellationProgress): void => {
    setImmediate(() => {
      this.#countCancellation(progress);
      for (const event of progress.events) this.#write(cancellationLine(event, progress));
    });
  };

  readonly ofBulk = (progress: BulkProgress): void => {
    setImmediate(() => {
      this.#countBulk(progress);
      for (const event of progress.events) this.#write(bulkLine(event, progress));
    });
  };

  #write({ level, fields, message }: LogLine): void {
    this.logger[level](fields, message);
  }
}
