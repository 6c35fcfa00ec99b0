import { parseStreamId } from '@necrocode/contracts';
import type { ExecutionEvent, RunnerEvent } from '@necrocode/domain';
import { toDomainEvent } from '@necrocode/event-store';
import { countExecutions, measureReports, measureRunners } from '@necrocode/metrics';
import type { Observe } from '@necrocode/service-kit';
import type { RunnerMonitorConfig } from '../runner-monitor.config.js';
import { SCHEMA } from '../schema.js';
import { executionLine } from './execution-line.js';
import { reportsPending } from './reports-pending.js';

/** Counts and logs the events of executions and runners, as this process stores them. */
export const observe: Observe<RunnerMonitorConfig> = ({ metrics, logger, database, messaging }) => {
  const count = countExecutions(metrics);
  measureRunners(metrics, async () => {
    const rows = await database.query<{ status: string; runners: number }[]>(
      `select status, count(*)::integer as runners from "${SCHEMA}".runner group by status`,
    );
    return new Map(rows.map(({ status, runners }) => [status, runners]));
  });
  measureReports(metrics, () => reportsPending(messaging));
  return (stored) => {
    const { aggregate, aggregateId } = parseStreamId(stored.streamId);
    // What becomes of runners is logged where it is decided.
    if (aggregate === 'runner') return count(toDomainEvent<RunnerEvent>(stored));
    const event = toDomainEvent<ExecutionEvent>(stored);
    count(event);
    const { level, fields, message } = executionLine(event, aggregateId, stored.metadata);
    logger[level](fields, message);
  };
};
