import { countBulks } from '../cancellations/count-bulks.js';
import { countCancellations } from '../cancellations/count-cancellations.js';
import { declareRequests } from '../cancellations/declare-requests.js';
import { measureOpenCancellations } from '../cancellations/measure-open-cancellations.js';
import { countCleanups } from '../cleanups/count-cleanups.js';
import { measureCleanups } from '../cleanups/measure-cleanups.js';
import { type MetricDeclaration, Metrics } from '../define/metrics.js';
import { countExecutions } from '../executions/count-executions.js';
import { measureReports, measureRunners } from '../executions/measure-runners.js';
import { countJobs } from '../jobs/count-jobs.js';
import { measureQueue } from '../jobs/measure-queue.js';
import { countLosses } from '../platform/count-losses.js';
import { countRequests } from '../platform/count-requests.js';
import { measureAgent } from '../platform/measure-agent.js';
import { measureConsumers, measureProjection, measureStore } from '../platform/measure-lag.js';
import { measureMessaging } from '../platform/measure-messaging.js';

const never = (): never => {
  throw new Error('nobody looks here');
};

/** Who exposes what, declared as the processes declare it. That they do is checked on a running system (system-e2e). */
const DECLARED_BY: Readonly<Record<string, (metrics: Metrics) => void>> = {
  'cancellation-service': (metrics) => {
    const requests = declareRequests(metrics);
    countCancellations(metrics, requests);
    countBulks(metrics, requests);
    measureOpenCancellations(metrics, never);
  },
  'runner-monitor': (metrics) => {
    countExecutions(metrics);
    measureRunners(metrics, never);
    measureReports(metrics, never);
  },
  'artifact-cleaner': (metrics) => {
    countCleanups(metrics);
    measureCleanups(metrics, never);
  },
  dispatcher: (metrics) => {
    countJobs(metrics);
    measureQueue(metrics, never);
  },
  gateway: (metrics) => {
    measureProjection(metrics, never);
    countRequests(metrics, ['its-own']);
  },
  'every service': (metrics) => {
    measureStore(metrics, never);
    measureMessaging(metrics, never);
    countLosses(metrics);
  },
  'services with a consumer': (metrics) => measureConsumers(metrics, ['its-own'], never),
  runner: (metrics) => measureAgent(metrics, never),
};

export interface ServedMetric extends MetricDeclaration {
  readonly servedBy: string;
}

export function everyMetric(): readonly ServedMetric[] {
  return Object.entries(DECLARED_BY).flatMap(([servedBy, declare]) => {
    const metrics = new Metrics();
    declare(metrics);
    return metrics.declared.map((declared) => ({ ...declared, servedBy }));
  });
}

/** The names that Prometheus stores for a metric: a histogram is three. */
export function seriesNames({ name, type }: MetricDeclaration): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
