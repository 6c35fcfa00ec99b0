import { describe, it } from '@jest/globals';
import { specOf } from '../testing/given.js';
import { at, now } from '../testing/jobs.js';
import { queueDecider } from './decider.js';

const given = specOf(queueDecider);
const told = { queue: 'gpu', requestedBy: 'user:ada', at: now };
const paused = { type: 'QueuePaused', ...told, at: at(1) } as const;
const resumed = { type: 'QueueResumed', ...told, at: at(2) } as const;

describe('a queue', () => {
  it('is paused', () =>
    given()
      .when({ type: 'PauseQueue', ...told })
      .then({ type: 'QueuePaused', ...told }));

  it('that is paused stays so, whoever asks again', () =>
    given(paused)
      .when({ type: 'PauseQueue', ...told, requestedBy: 'user:bob' })
      .then());

  it('is resumed', () =>
    given(paused)
      .when({ type: 'ResumeQueue', ...told })
      .then({ type: 'QueueResumed', ...told }));

  it('that is not paused is not resumed', () =>
    given()
      .when({ type: 'ResumeQueue', ...told })
      .then());

  it('may be paused again', () =>
    given(paused, resumed)
      .when({ type: 'PauseQueue', ...told })
      .then({ type: 'QueuePaused', ...told }));
});
