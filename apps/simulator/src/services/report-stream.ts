import type { ExecutionCommand, ExecutionId } from '@necrocode/domain';

/** What an agent saw, on its way to the runner-monitor, which makes it an event. */
export interface Report {
  readonly id: string;
  readonly executionId: ExecutionId;
  readonly command: ExecutionCommand;
}

/** The stream of reports: kept until the runner-monitor has done with it; the same id twice is one report. */
export class ReportStream {
  readonly log: Report[] = [];
  readonly done = new Set<number>();
  readonly #ids = new Set<string>();
  #wake: () => void = () => undefined;

  publish(report: Report): void {
    if (this.#ids.has(report.id)) return;
    this.#ids.add(report.id);
    this.log.push(report);
    this.#wake();
  }

  whenPublished(wake: () => void): void {
    this.#wake = wake;
  }
}
