/** Ids are `<prefix>_<26 characters>` (TypeID: UUIDv7 in base32), so they sort by creation. The brand keeps them apart. */
type Brand<Name extends string> = string & { readonly __brand: Name };

export type JobId = Brand<'job'>;
export type TaskId = Brand<'task'>;
export type ExecutionId = Brand<'exe'>;
export type RunnerId = Brand<'run'>;
export type CancellationId = Brand<'can'>;
export type BatchId = Brand<'batch'>;
export type WebhookId = Brand<'hook'>;
/** `<runner id>/<pool>/<number>`: a slot never leaves its runner. */
export type SlotId = Brand<'slot'>;

/** RFC 3339 UTC, milliseconds. */
export type Timestamp = string;
/** A number that grows with every execution; a report or lease with a smaller one is stale. */
export type FencingToken = number;
