export type {
  AppendResult,
  CompanionStatement,
  EventMetadata,
  EventStore,
  NewEvent,
  Position,
  PositionedEvent,
  StoredEvent,
  StreamAppend,
} from './event-store.js';
export { EventIdTaken, StoreUnavailable, WrongExpectedVersion } from './errors.js';
export { type EventSink, SinkMoved, type SinkTail } from './event-sink.js';
