import type { StreamConfig, StreamState } from '@nats-io/jetstream';
import type { FieldChange } from './refused-changes.js';
import { type SpecifiedConfig, specifiedFields } from './stream-config.js';

export interface StreamDiff {
  readonly updates: readonly FieldChange[];
  readonly refused: readonly FieldChange[];
}

type Field = (typeof specifiedFields)[number];

/** What must change for the stream to fit, and what of it would lose messages now or is beyond the server. `now` in milliseconds. */
export function diffStream(
  wanted: SpecifiedConfig,
  current: StreamConfig,
  state: Pick<StreamState, 'bytes' | 'messages' | 'first_ts'>,
  now: number,
): StreamDiff {
  const changes = specifiedFields
    .map((field) => ({ field, from: current[field], to: wanted[field] }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
  const isRefused = (change: FieldChange & { field: Field }): boolean =>
    losesMessages(change.field, wanted, current, state, now);
  return { updates: changes.filter((change) => !isRefused(change)), refused: changes.filter(isRefused) };
}

function losesMessages(
  field: Field,
  wanted: SpecifiedConfig,
  current: StreamConfig,
  state: Pick<StreamState, 'bytes' | 'messages' | 'first_ts'>,
  now: number,
): boolean {
  switch (field) {
    // The server refuses these on an existing stream, or only some of their values.
    case 'storage':
    case 'retention':
      return true;
    case 'deny_delete':
    case 'deny_purge':
      return current[field] && !wanted[field];
    // A subject taken away is one whose publishers find nobody.
    case 'subjects':
      return current.subjects.some((subject) => !wanted.subjects.includes(subject));
    case 'max_bytes':
      return wanted.max_bytes !== -1 && wanted.max_bytes < state.bytes;
    case 'max_age':
      return wanted.max_age !== 0 && state.messages > 0 && now - Date.parse(state.first_ts) > wanted.max_age / 1e6;
    case 'max_msgs_per_subject':
      return isTighter(wanted.max_msgs_per_subject, current.max_msgs_per_subject) && state.messages > 0;
    case 'description':
    case 'discard':
    case 'duplicate_window':
    case 'allow_direct':
    case 'num_replicas':
      return false;
    default:
      return field satisfies never;
  }
}

function isTighter(wanted: number, current: number): boolean {
  return wanted !== -1 && (current === -1 || wanted < current);
}
