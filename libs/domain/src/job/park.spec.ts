import { describe, expect, it } from '@jest/globals';
import { eventsAfter, specOf, stateAfter } from '../testing/given.js';
import { cancellationId, now, otherCancellationId, submit, task, taskId } from '../testing/jobs.js';
import { exited } from '../testing/executions.js';
import { jobDecider } from './decider.js';
import type { JobCommand } from './job-command.js';
import { isParked } from './park.js';

const given = specOf(jobDecider);
const job = submit(task('fetch'), task('train', { dependsOn: ['fetch'] }), task('beside'));
const park = (root: string | null = null): JobCommand => ({
  type: 'ParkTasks',
  cancellationId,
  taskId: root === null ? null : taskId(root),
  cascade: 'dependents',
  at: now,
});
const unpark: JobCommand = { type: 'UnparkTasks', cancellationId, at: now };
const assign = (key: string): JobCommand => ({
  type: 'AssignTask',
  taskId: taskId(key),
  assignment: { executionId: `exe_${key}` as never, runnerId: 'run_1' as never, fencingToken: 7, slot: null },
  at: now,
});
const complete = (key: string): JobCommand => ({
  type: 'RecordEnding',
  taskId: taskId(key),
  executionId: `exe_${key}` as never,
  ending: exited(0),
  random: 0,
  at: now,
});
const block = (root: string | null = null): JobCommand => ({ ...park(root), type: 'BlockDispatch' }) as JobCommand;
const after = (...commands: JobCommand[]) => given(...eventsAfter(jobDecider, job, ...commands));
const stateOf = (...commands: JobCommand[]) => {
  const state = stateAfter(jobDecider, eventsAfter(jobDecider, job, ...commands));
  if (state.status === 'unknown') throw new Error('no job');
  return state;
};
const ids = (...keys: string[]) => keys.map(taskId);

describe('parking', () => {
  it('names every task that has not ended', () =>
    after(assign('fetch'), complete('fetch'))
      .when(park())
      .then({ type: 'TasksParked', cancellationId, taskIds: ids('train', 'beside'), at: now }));

  it('of a task takes along what would be cancelled with it', () =>
    after()
      .when(park('fetch'))
      .then({ type: 'TasksParked', cancellationId, taskIds: ids('fetch', 'train'), at: now }));

  it('lets nothing be assigned, also what becomes ready meanwhile', () => {
    after(park()).when(assign('beside')).thenRejected('task-not-assignable');
    after(assign('fetch'), park(), complete('fetch')).when(assign('train')).thenRejected('task-not-assignable');
  });

  it('leaves what runs to itself', () =>
    expect(stateOf(assign('fetch'), park(), complete('fetch')).tasks.map(({ progress }) => progress.status)).toEqual([
      'completed',
      'queued',
      'queued',
    ]));

  it('happens once for each cancellation, and not after it was let go', () => {
    after(park()).when(park()).thenNothing();
    after(park(), unpark).when(park()).thenNothing();
    after(block()).when(park()).thenNothing();
  });
});

describe('unparking', () => {
  it('lets everything be assigned again', () => {
    after(park())
      .when(unpark)
      .then({
        type: 'TasksUnparked',
        cancellationId,
        taskIds: ids('fetch', 'train', 'beside'),
        at: now,
      });
    expect(stateOf(park(), unpark, assign('fetch')).tasks[0]?.progress.status).toBe('pending');
  });

  it('leaves parked what another window holds as well', () => {
    const other: JobCommand = { ...park('fetch'), cancellationId: otherCancellationId } as JobCommand;
    const both = stateOf(park(), other, unpark);
    expect(ids('fetch', 'train', 'beside').map((id) => isParked(both, id))).toEqual([true, true, false]);
  });

  it('has nothing to do twice', () => after(park(), unpark).when(unpark).thenNothing());
  it('that overtakes its parking leaves word, so that nothing is parked afterwards', () => {
    after().when(unpark).then({ type: 'TasksUnparked', cancellationId, taskIds: [], at: now });
    after(unpark).when(park()).thenNothing();
    after(unpark).when(unpark).thenNothing();
  });
});

describe('a block after the window', () => {
  it('cancels what was parked, and parks it no longer', () => {
    const blocked = stateOf(park(), block());
    expect(blocked).toMatchObject({ status: 'cancelled', parked: [{ released: true }] });
    expect(blocked.endedAt).toBe(now);
  });

  it('that comes too late for its task lets go what depends on it', () => {
    const late = stateOf(assign('fetch'), park('fetch'), complete('fetch'), block('fetch'));
    expect(late.tasks.map(({ progress }) => progress.status)).toEqual(['completed', 'queued', 'queued']);
    expect(isParked(late, taskId('train'))).toBe(false);
  });
});
