import { describe, expect, it } from '@jest/globals';
import { parseStreamId, streamIdOf } from './aggregate.js';
import { eventName } from './event-name.js';
import type { EventRecord } from './event-record.js';
import { fromCloudEvent } from './from-cloud-event.js';
import { eventSubject, toCloudEvent } from './to-cloud-event.js';

const first: EventRecord = {
  id: '0190d6f2-0000-7000-8000-000000000001',
  type: 'CancellationCompleted',
  schemaVersion: 12,
  data: { outcome: 'completed', left: [] },
  metadata: { actor: 'user:ada', correlationId: 'job_01' },
  streamId: 'cancellation-can_01',
  streamVersion: 1,
  recordedAt: '2026-11-22T10:00:00.123Z',
  hash: 'sha256:aa',
  previousHash: null,
  position: 9_007_199_254_740_993n,
};
const later: EventRecord = {
  ...first,
  type: 'TaskStarted',
  streamId: 'job-job_01',
  streamVersion: 7,
  previousHash: 'sha256:99',
  metadata: {
    ...first.metadata,
    causationId: 'evt-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
};

describe('an event as a CloudEvent', () => {
  it('carries the required attributes of the specification', () => {
    expect(toCloudEvent(first)).toEqual({
      specversion: '1.0',
      id: first.id,
      source: '/necrocode/cancellation-service',
      type: 'io.necrocode.cancellation.completed.v12',
      subject: 'can_01',
      time: first.recordedAt,
      datacontenttype: 'application/json',
      sequence: '9007199254740993',
      streamid: 'cancellation-can_01',
      streamversion: 1,
      eventtype: 'CancellationCompleted',
      actor: 'user:ada',
      correlationid: 'job_01',
      hash: 'sha256:aa',
      data: first.data,
    });
  });

  it.each([first, later])('comes back as it was, also through JSON', (event) => {
    expect(fromCloudEvent(JSON.parse(JSON.stringify(toCloudEvent(event))))).toEqual(event);
  });

  it('names its extension attributes with lower-case letters and digits only', () => {
    for (const name of Object.keys(toCloudEvent(later))) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });

  it('keeps attributes it does not know out of the event', () => {
    expect(fromCloudEvent({ ...toCloudEvent(first), tenant: 'x' })).toEqual(first);
  });

  it.each(['id', 'type', 'sequence', 'streamid', 'streamversion', 'correlationid', 'hash'])(
    'is refused without %s',
    (name) => {
      const { [name]: _, ...rest } = { ...toCloudEvent(first) } as Record<string, unknown>;
      expect(() => fromCloudEvent(rest)).toThrow(name);
    },
  );

  it('is refused with a position that is no positive number', () => {
    expect(() => fromCloudEvent({ ...toCloudEvent(first), sequence: '0' })).toThrow('sequence');
  });
});

describe('the subject of an event', () => {
  it('leaves the aggregate out of the event name', () => {
    expect(eventSubject(first)).toBe('necrocode.events.cancellation.can_01.completed');
    expect(eventSubject(later)).toBe('necrocode.events.job.job_01.task-started');
  });

  it('keeps an id in one token', () => {
    expect(eventSubject({ streamId: 'slot-pool-gpu v1.5', type: 'SlotLeased' })).toBe(
      'necrocode.events.slot-pool.gpu%20v1%2E5.slot-leased',
    );
  });

  it.each([
    ['job', 'Job', 'job'],
    ['job', 'JobDAGPlanned', 'dag-planned'],
    ['slot-pool', 'SlotPoolDrained', 'drained'],
    ['cancellation', 'StepStarted', 'step-started'],
    ['job', 'task-started', 'task-started'],
  ])('of %s, %s is %s', (aggregate, type, name) => {
    expect(eventName(aggregate, type)).toBe(name);
  });
});

describe('a stream id', () => {
  it('splits at its aggregate, dashes and all', () => {
    expect(parseStreamId('slot-pool-big-gpus')).toEqual({ aggregate: 'slot-pool', aggregateId: 'big-gpus' });
    expect(parseStreamId(streamIdOf('runner', 'run_1'))).toEqual({ aggregate: 'runner', aggregateId: 'run_1' });
  });

  it.each(['', 'job', 'job-', 'row-1', 'toString-1'])('%p names no aggregate', (streamId) => {
    expect(() => parseStreamId(streamId)).toThrow(RangeError);
  });
});
