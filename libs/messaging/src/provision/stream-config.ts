import { nanos } from '@nats-io/nats-core';
import { DiscardPolicy, RetentionPolicy, type StreamConfig, StorageType } from '@nats-io/jetstream';
import type { StreamSpec } from './stream-spec.js';

/** The fields of a stream's configuration that a specification decides; the server's defaults stay for all others. */
export const specifiedFields = [
  'description',
  'subjects',
  'storage',
  'retention',
  'discard',
  'max_bytes',
  'max_age',
  'max_msgs_per_subject',
  'duplicate_window',
  'deny_delete',
  'deny_purge',
  'allow_direct',
  'num_replicas',
] as const satisfies readonly (keyof StreamConfig)[];

export type SpecifiedConfig = Pick<StreamConfig, 'name' | (typeof specifiedFields)[number]>;

const unbounded = -1;

export function streamConfig(spec: StreamSpec): SpecifiedConfig {
  return {
    name: spec.name,
    description: spec.description,
    subjects: [...spec.subjects],
    storage: spec.storage === 'file' ? StorageType.File : StorageType.Memory,
    retention: spec.retention === 'limits' ? RetentionPolicy.Limits : RetentionPolicy.Workqueue,
    discard: spec.whenFull === 'discard-old' ? DiscardPolicy.Old : DiscardPolicy.New,
    max_bytes: spec.maxBytes ?? unbounded,
    max_age: nanos(spec.maxAgeMs ?? 0),
    max_msgs_per_subject: spec.maxMessagesPerSubject ?? unbounded,
    duplicate_window: nanos(spec.duplicateWindowMs),
    deny_delete: spec.appendOnly,
    deny_purge: spec.appendOnly,
    allow_direct: true,
    num_replicas: spec.replicas,
  };
}
