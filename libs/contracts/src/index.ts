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
