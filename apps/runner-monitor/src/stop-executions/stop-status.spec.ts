import { describe, expect, it } from '@jest/globals';
import { executionDecider, type ExecutionEvent, type ExecutionState, stopStatusOf } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';

const at = '2026-01-01T00:00:00.000Z';
const execution = {
  executionId: newId('exe'),
  jobId: newId('job'),
  taskId: newId('task'),
  runnerId: newId('run'),
  attempt: 1,
  fencingToken: 1,
  slot: null,
};
const started: ExecutionEvent = { type: 'ExecutionStarted', execution, containment: 'cgroup2', pid: 42, at };
const fenced: ExecutionEvent = { type: 'ExecutionFenced', execution, at };
const after = (...events: ExecutionEvent[]): ExecutionState =>
  events.reduce(executionDecider.evolve, executionDecider.initial);

describe('the status of an execution that was asked to stop', () => {
  it.each([[after()], [after(started)]])('is terminating when its runner answered', (state) => {
    expect(stopStatusOf(state, true)).toEqual({ status: 'terminating', ending: null });
  });
  it.each([[after()], [after(started)]])('is unreachable when its runner did not', (state) => {
    expect(stopStatusOf(state, false)).toEqual({ status: 'unreachable', ending: null });
  });
  it('is fenced when it is, whether its runner is back or not', () => {
    expect(stopStatusOf(after(started, fenced), true).status).toBe('fenced');
    expect(stopStatusOf(after(started, fenced), false).status).toBe('fenced');
  });
});
