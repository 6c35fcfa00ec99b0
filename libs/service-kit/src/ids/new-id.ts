import type { BatchId, CancellationId, ExecutionId, JobId, RunnerId, TaskId, WebhookId } from '@necrocode/domain';
import { fromUUID, typeid } from 'typeid-js';

interface Ids {
  readonly job: JobId;
  readonly task: TaskId;
  readonly exe: ExecutionId;
  readonly run: RunnerId;
  readonly can: CancellationId;
  readonly batch: BatchId;
  readonly hook: WebhookId;
}

/** A new id (UUIDv7 inside): sorts by creation. */
export function newId<Prefix extends keyof Ids>(prefix: Prefix): Ids[Prefix] {
  return typeid<string>(prefix).toString() as Ids[Prefix];
}

/** The id that stands for a UUID: the same UUID, the same id. Makes a repeated request name the same thing. */
export function idOf<Prefix extends keyof Ids>(prefix: Prefix, uuid: string): Ids[Prefix] {
  return fromUUID<string>(uuid, prefix).toString() as Ids[Prefix];
}
