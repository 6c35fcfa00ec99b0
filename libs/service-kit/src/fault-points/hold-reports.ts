import type { RunnerPublisher } from '@necrocode/messaging';
import type { FaultPoints } from './fault-points.js';

/** The same publisher when there are no fault points; else one whose reports can be held before and after they are stored. */
export function holdReports(publisher: RunnerPublisher, points: FaultPoints | null): RunnerPublisher {
  if (points === null) return publisher;
  return {
    ...publisher,
    async publishReport(report) {
      const moment = { what: `report:${report.kind}`, about: report.executionId };
      await points.pass({ when: 'before', ...moment });
      await publisher.publishReport(report);
      await points.pass({ when: 'after', ...moment });
    },
  };
}
