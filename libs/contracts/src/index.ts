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
export { cancellationId, executionId, jobId, runnerId, slotId, taskId, timestamp } from './ids/ids.js';
export { type CancelJobBody, cancelJobBody, type CancelTaskBody, cancelTaskBody } from './rest/cancel.js';
export { JOB_LIMITS, type SubmitJobBody, submitJobBody } from './rest/job-spec.js';
export { type Problem, problemSchema } from './rest/problem.js';
export {
  type CleanReply,
  cleanReply,
  type CleanRequest,
  cleanRequest,
  type ExecutionReport,
  executionReport,
  type Heartbeat,
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
