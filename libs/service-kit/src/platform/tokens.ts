/** Injection tokens of what `runService` provides to every module. */
export const CONFIG = Symbol('config');
export const LOGGER = Symbol('logger');
/** `Metrics` of this process, served at /metrics. */
export const METRICS = Symbol('metrics');
/** `EventStore`; an append wakes the relay. */
export const EVENT_STORE = Symbol('event-store');
/** `MessagingConnection`, the one of this process. */
export const MESSAGING = Symbol('messaging');
/** `CommandClient` */
export const COMMANDS = Symbol('commands');
/** `Tracing`; null when no endpoint is set. */
export const TRACING = Symbol('tracing');
/** `DataSource` of the service's own schema, migrated. */
export const DATABASE = Symbol('database');
