import { describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@necrocode/event-store';
import { checkEvent } from './check-event.js';

const data = { taskId: 'task_01arz3ndektsv4rrffq69g5fav', at: '2026-01-01T00:00:00.000Z' };
const event = (more: object = {}) => ({
  id: uuidV7(),
  type: 'TaskQueued',
  schemaVersion: 1,
  data,
  metadata: { actor: 'user:ada', correlationId: 'job_1' },
  ...more,
});

describe('an event that is to be stored', () => {
  it('passes as the registry says it is', () => {
    expect(() => checkEvent('job-job_1', event())).not.toThrow();
  });

  it.each([
    ['lacks a field', 'job-job_1', event({ data: { at: data.at } }), 'data.taskId'],
    ['has another type of value', 'job-job_1', event({ data: { ...data, at: 'SECRET' } }), 'data.at'],
    ['is of an unknown kind', 'job-job_1', event({ type: 'TaskImagined' }), 'type'],
    ['is another aggregate’s', 'runner-run_1', event(), 'type'],
    ['is of a version nobody writes', 'job-job_1', event({ schemaVersion: 2 }), 'schemaVersion'],
  ])('is refused when it %s, without its values', (_what, streamId, refused, path) => {
    let problem: unknown;
    try {
      checkEvent(streamId, refused);
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ code: 'event-refused', more: { fields: [{ path }] } });
    expect(JSON.stringify(problem)).not.toContain('SECRET');
  });
});
