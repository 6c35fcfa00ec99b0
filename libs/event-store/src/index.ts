export { canonicalJson } from './canonical-json.js';
export { checkAppend } from './check-append.js';
export { Batches } from './command-handling/batches.js';
export { dataOf, type DomainEvent, fold, toDomainEvent } from './command-handling/domain-event.js';
export { eventIdOf, uuidV7 } from './command-handling/event-ids.js';
export { type CommandHandling, handleCommand, type HandledCommand } from './command-handling/handle-command.js';
export { EventIdTaken, MalformedAppend, StoreUnavailable, StreamArchived, WrongExpectedVersion } from './errors.js';
export { eventUpcasters } from './event-upcasters.js';
export { type EventSink, SinkMoved, type SinkTail } from './event-sink.js';
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
export {
  type ChainFault,
  type ChainHead,
  type ChainVerdict,
  findFault,
  hashEvent,
  verifyStream,
} from './hash-chain.js';
export { InMemoryEventStore } from './in-memory-event-store.js';
export { repetitionOf } from './repetition.js';
export { type SealedEvent, sealAppend } from './seal-append.js';
export { UnknownSchemaVersion, type Upcast, Upcasters, type UpcastSteps } from './upcasters.js';
