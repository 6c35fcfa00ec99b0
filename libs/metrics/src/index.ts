export { type MetricDeclaration, Metrics } from './define/metrics.js';
export { type CancellationProgress, countCancellations } from './cancellations/count-cancellations.js';
export { type BulkProgress, countBulks } from './cancellations/count-bulks.js';
export { declareRequests } from './cancellations/declare-requests.js';
export { measureOpenCancellations, type OpenCancellationsNow } from './cancellations/measure-open-cancellations.js';
export { countCleanups } from './cleanups/count-cleanups.js';
export { measureCleanups } from './cleanups/measure-cleanups.js';
export { countExecutions } from './executions/count-executions.js';
export { measureReports, measureRunners } from './executions/measure-runners.js';
export { countJobs } from './jobs/count-jobs.js';
export { measureQueue, type QueueNow } from './jobs/measure-queue.js';
export { measureAgent } from './platform/measure-agent.js';
export {
  type Backlog,
  measureConsumers,
  measureProjection,
  measureStore,
  type StoreNow,
} from './platform/measure-lag.js';
export { countRequests } from './platform/count-requests.js';
export { measureMessaging } from './platform/measure-messaging.js';
export { countLosses } from './platform/count-losses.js';
