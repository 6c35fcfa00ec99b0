export { type ConnectOptions, connectMessaging, type MessagingConnection } from './connect/connection.js';
export { isNoResponders, isTimeout, MessagingRefused, MessagingUnavailable } from './connect/errors.js';
export type { Link, LinkState } from './connect/link.js';
export { parseServerUrls, type ServerAddress } from './connect/server-urls.js';
export { whileConnected } from './connect/while-connected.js';
export { defaultRetry, type RetryPolicy } from './consume/attempt.js';
export type { Checkpoint } from './consume/checkpoint.js';
export {
  type Consumer,
  consumeEvents,
  type ConsumeEventsOptions,
  type EventConsumer,
  type EventDelivery,
} from './consume/consume-events.js';
export { consumeReports, type ConsumeReportsOptions, type ReportDelivery } from './consume/consume-reports.js';
export type { ConsumerNotice } from './consume/notice.js';
export type { DeadLetter } from './dead-letter/dead-letter.js';
export { errorCode, Unprocessable } from './dead-letter/error-code.js';
export { type EventMirror, mirrorEvents, type MirrorNotice } from './mirror/mirror-events.js';
export { necrocodeStreams, type Topology } from './provision/necrocode-streams.js';
export { keepStreams, type StreamsNotice } from './provision/keep-streams.js';
export { provisionAll } from './provision/provision-all.js';
export { type Provisioned, provisionStreams } from './provision/provision-streams.js';
export { type FieldChange, RefusedChanges } from './provision/refused-changes.js';
export type { StreamSpec } from './provision/stream-spec.js';
export { jetStreamSink, type JetStreamSinkOptions, type SinkNotice } from './publish/jetstream-sink.js';
export { messageHeaders } from './publish/message-headers.js';
export { readTail } from './publish/read-tail.js';
export { BufferFull } from './publish/ordered-publisher.js';
export {
  type RunnerOutput,
  type RunnerPublisher,
  runnerPublisher,
  type RunnerReport,
} from './publish/runner-publisher.js';
