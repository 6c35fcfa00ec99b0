export type { GroupCommitLimits } from './append/group-commit.js';
export type { SqlExecutor } from './database/sql-executor.js';
export { migrateEventStore } from './migrations/migrate.js';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.js';
export { Relay, type RelayOptions } from './relay/relay.js';
export { type RelayEvent, SinkAhead } from './relay/relay-event.js';
export type { StreamVerification } from './verify/verify-all-streams.js';
export type { NumberingFault } from './verify/verify-numbering.js';
