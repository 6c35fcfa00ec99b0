export {
  type AggregateName,
  aggregateNames,
  isAggregateName,
  owners,
  parseStreamId,
  streamIdOf,
} from './cloud-event/aggregate.js';
export { type CloudEvent, cloudEventSchema } from './cloud-event/cloud-event.js';
export { eventName } from './cloud-event/event-name.js';
export type { EventRecord } from './cloud-event/event-record.js';
export { fromCloudEvent } from './cloud-event/from-cloud-event.js';
export { eventSubject, toCloudEvent } from './cloud-event/to-cloud-event.js';
export {
  parseEventSubject,
  parseReportSubject,
  type ReportAddress,
  type RunnerControl,
  streamNames,
  streamSubjects,
  subjects,
  subjectToken,
} from './subjects.js';
export {
  type Command,
  command,
  type CommandMeta,
  commandMeta,
  type CommandReply,
  type CommandRequest,
} from './command/command.js';
export {
  cancellationCommands,
  cleanerCommands,
  dispatcherCommands,
  runnerMonitorCommands,
} from './command/commands.js';
export { batchId, cancellationId, executionId, jobId, runnerId, slotId, taskId, timestamp } from './ids/ids.js';
export { type DetailError, detailError } from './facades/detail-error.js';
export {
  type EnqueueBatch,
  enqueueBatchBody,
  type EnqueueBatchInput,
  type EnqueueBatchResult,
  enqueueBatchResult,
  MOST_QUEUE_ITEMS,
  type QueueGraph,
} from './facades/queue-batch.js';
export {
  type BatchStatus,
  batchStatus,
  type CountsByDestination,
  countsByDestination,
  type QueueItem,
  queueItem,
  type QueueItemIds,
  queueItemIds,
  type QueueItemList,
  queueItemList,
  type QueueItemsCanceled,
  queueItemsCanceled,
  type QueueItemsDeleted,
  queueItemsDeleted,
  type QueueItemStatus,
  type QueueItemSummary,
  queueItemSummary,
  type QueueItemWithoutNulls,
  queueItemWithoutNulls,
  type QueueStatus,
  queueStatus,
} from './facades/queue-item.js';
export {
  batchIdsBody,
  destinationQuery,
  itemIdsQuery,
  itemsByIdsBody,
  listAllQuery,
  type ListItems,
  listItemsQuery,
  queueId,
} from './facades/queue-queries.js';
export {
  type TrainingCancelled,
  trainingCancelled,
  type TrainingJob,
  type TrainingQueue,
  trainingQueue,
  type TrainingStatus,
} from './facades/training.js';
export { type Action, action } from './rest/action.js';
export {
  type SubmitBatchBody,
  submitBatchBody,
  type SubmitBatchInput,
  type SubmittedBatch,
  submittedBatch,
} from './rest/batch.js';
export {
  type AbortResult,
  abortResult,
  type BulkCancelBody,
  bulkCancelBody,
  type BulkCancelInput,
  bulkCertificate,
  type BulkResource,
  bulkResource,
  type BulkResult,
  bulkResult,
  type BulkTargetPage,
  bulkTargetPage,
  type BulkTargetsQuery,
  bulkTargetsQuery,
} from './rest/bulk.js';
export {
  type CancelJobBody,
  cancelJobBody,
  type CancelJobInput,
  type CancelTaskBody,
  cancelTaskBody,
  type CancelTaskInput,
} from './rest/cancel.js';
export {
  type CancellationExecution,
  type CancellationResource,
  cancellationResource,
  type CancellationResult,
  cancellationResult,
  cancellationStatus,
  type CancellationStepResource,
  type CancellationSummary,
  type CancellationWord,
} from './rest/cancellation-resource.js';
export { certificate, type CertificateResource } from './rest/certificate.js';
export {
  historyQuery,
  type JobAsItWas,
  jobAsItWas,
  type JobHistory,
  jobHistory,
  type PointInTime,
  type RecordedEvent,
} from './rest/history.js';
export { type Replay, replay, type ReplayFrame, replayFrame } from './rest/replay.js';
export {
  type ArtifactsResource,
  artifactsResource,
  type DrainedRunner,
  drainedRunner,
  type Health,
  health,
  type RunnerResource,
  runnerResource,
  type SlotPoolResource,
  type SlotResource,
} from './rest/estate-resources.js';
export { type ExecutionResource, executionResource } from './rest/execution-resource.js';
export {
  type JobResource,
  jobResource,
  jobStatus,
  type JobSummary,
  type ResourceError,
  type RetriedJob,
  retriedJob,
  retryJobBody,
  type SubmittedJob,
  submittedJob,
  type TaskResource,
  taskResource,
  taskStatus,
} from './rest/job-resource.js';
export { JOB_LIMITS, type SubmitJobBody, submitJobBody, type SubmitJobInput } from './rest/job-spec.js';
export { type CancellationPlanResource, cancellationPlan } from './rest/plan-resource.js';
export { type Problem, problemSchema } from './rest/problem.js';
export {
  type CancellationPage,
  cancellationPage,
  type EventList,
  eventList,
  followQuery,
  type JobPage,
  jobPage,
  type ListCancellations,
  type ListCancellationsQuery,
  listCancellationsQuery,
  type ListJobs,
  type ListJobsQuery,
  listJobsQuery,
  LONGEST_WAIT_S,
  noQuery,
  replayQuery,
  type RunnerList,
  runnerList,
  type SlotPoolList,
  slotPoolList,
  waitQuery,
} from './rest/queries.js';
export {
  type CleanReply,
  cleanReply,
  type CleanRequest,
  cleanRequest,
  type ExecutionReport,
  executionReport,
  type Heartbeat,
  type HoldReply,
  holdReply,
  type HoldRequest,
  holdRequest,
  heartbeat,
  type InspectReply,
  inspectReply,
  type InspectRequest,
  inspectRequest,
  type OutputChunk,
  outputChunk,
  type StartReply,
  startReply,
  type StartRequest,
  startRequest,
  type StopRunnerReply,
  stopRunnerReply,
  type StopRunnerRequest,
  stopRunnerRequest,
} from './runner/control.js';
