import { describe, expect, it } from '@jest/globals';
import type { StreamConfig } from '@nats-io/jetstream';
import { necrocodeStreams } from './necrocode-streams.js';
import { diffStream } from './diff-stream.js';
import { type SpecifiedConfig, streamConfig } from './stream-config.js';
import type { StreamSpec } from './stream-spec.js';

const spec: StreamSpec = {
  name: 'S',
  description: 'd',
  subjects: ['a.>', 'b.>'],
  storage: 'file',
  retention: 'limits',
  whenFull: 'discard-old',
  maxBytes: 1_000,
  maxAgeMs: 60_000,
  maxMessagesPerSubject: 10,
  duplicateWindowMs: 1_000,
  appendOnly: true,
  replicas: 1,
};
const now = Date.parse('2026-01-01T00:01:00Z');
const holding = { bytes: 500, messages: 3, first_ts: '2026-01-01T00:00:30Z' };
const empty = { bytes: 0, messages: 0, first_ts: '0001-01-01T00:00:00Z' };

// Cast: the server's answer has more fields; the diff looks at the specified ones only.
const current = streamConfig(spec) as SpecifiedConfig & StreamConfig;
const diff = (changed: Partial<StreamSpec>, state = holding): { updates: string[]; refused: string[] } => {
  const { updates, refused } = diffStream(streamConfig({ ...spec, ...changed }), current, state, now);
  return { updates: updates.map(({ field }) => field), refused: refused.map(({ field }) => field) };
};

describe('a stream that differs from its specification', () => {
  it('needs nothing when it does not', () => {
    expect(diff({})).toEqual({ updates: [], refused: [] });
  });

  it.each<[Partial<StreamSpec>, string]>([
    [{ description: 'e' }, 'description'],
    [{ subjects: ['a.>', 'b.>', 'c.>'] }, 'subjects'],
    [{ maxBytes: 500 }, 'max_bytes'],
    [{ maxBytes: 5_000 }, 'max_bytes'],
    [{ maxAgeMs: 31_000 }, 'max_age'],
    [{ maxMessagesPerSubject: 11 }, 'max_msgs_per_subject'],
    [{ duplicateWindowMs: 2_000 }, 'duplicate_window'],
    [{ replicas: 3 }, 'num_replicas'],
    [{ whenFull: 'refuse-new' }, 'discard'],
  ])('is updated by %p', (changed, field) => {
    expect(diff(changed)).toEqual({ updates: [field], refused: [] });
  });

  it.each<[Partial<StreamSpec>, string[]]>([
    [{ storage: 'memory' }, ['storage']],
    [{ retention: 'workqueue' }, ['retention']],
    [{ subjects: ['a.>'] }, ['subjects']],
    [{ maxBytes: 499 }, ['max_bytes']],
    [{ maxAgeMs: 29_000 }, ['max_age']],
    [{ maxMessagesPerSubject: 9 }, ['max_msgs_per_subject']],
    [{ appendOnly: false }, ['deny_delete', 'deny_purge']],
  ])('is left alone and named when %p would lose messages or cannot be', (changed, fields) => {
    expect(diff(changed)).toEqual({ updates: [], refused: fields });
  });

  it('that holds nothing has nothing to lose', () => {
    expect(diff({ maxAgeMs: 1, maxBytes: 1, maxMessagesPerSubject: 1 }, empty).refused).toEqual([]);
  });
});

describe('our streams', () => {
  it('never drop the newest event by age: it tells the relay where to resume', () => {
    expect(necrocodeStreams().find(({ name }) => name === 'NECROCODE_EVENTS')?.maxAgeMs).toBeUndefined();
  });

  it('take replicas and bounds from the topology', () => {
    const streams = necrocodeStreams({ replicas: 3, maxBytes: { events: 7 }, outputMaxAgeMs: 9 });
    expect(new Set(streams.map(({ replicas }) => replicas))).toEqual(new Set([3]));
    expect(streams.map(({ maxBytes }) => maxBytes)).toContain(7);
    expect(streams.map(({ maxAgeMs }) => maxAgeMs)).toContain(9);
  });
});
