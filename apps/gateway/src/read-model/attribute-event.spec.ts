import { describe, expect, it } from '@jest/globals';
import { type CancellationId, cancellationDecider, type Job, jobDecider, type TaskId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { attributeEvent } from './attribute-event.js';
import { toJson } from './cancellation-json.js';
import type { NamedInEvent } from './named-in-event.js';
import type { CancellationRow } from './rows.js';

const jobId = newId('job');
const [root, behind, beside] = [newId('task'), newId('task'), newId('task')];
const executionId = newId('exe');
const nothing: NamedInEvent = { jobId, cancellationId: null, taskId: null, executionId: null };
const at = '2026-01-01T00:00:00.000Z';

/** A cancellation that is open, of the job or of one task. */
function open(position: number, taskId: TaskId | null): CancellationRow {
  const cancellationId = newId('can');
  const state = cancellationDecider.evolve(cancellationDecider.initial, {
    type: 'CancellationRequested',
    cancellationId,
    target: taskId === null ? { kind: 'job', jobId } : { kind: 'task', jobId, taskId, cascade: 'dependents' },
    options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
    reason: { code: 'user-request', text: '' },
    requestedBy: 'user:local',
    fingerprint: 'sha256:0',
    requestedAt: at,
    at,
  });
  if (state.status === 'unknown') throw new TypeError('a requested cancellation is known');
  return {
    cancellation_id: cancellationId,
    position: String(position),
    job_id: jobId,
    bulk_id: null,
    scope: state.target.kind,
    requested_by: state.requestedBy,
    reason_code: state.reason.code,
    requested_at: state.requestedAt,
    status: state.status,
    state: toJson(state),
    signalled: false,
    forced: false,
    completed_position: null,
  };
}

/** A job in which `root` has an execution and a cancellation has blocked `root` and `behind`. */
function jobWith(cancellationId: CancellationId): Job {
  const spec = { name: 'x', queue: 'q', priority: 1, labels: {}, metadata: {}, owner: 'user:local' };
  const job = jobDecider.evolve(jobDecider.initial, { type: 'JobSubmitted', jobId, spec, tasks: [], at });
  if (job.status === 'unknown') throw new TypeError('a submitted job is known');
  const blocked = jobDecider.evolve(job, {
    type: 'DispatchBlocked',
    cancellationId,
    scope: 'tasks',
    taskIds: [root, behind],
    at,
  });
  if (blocked.status === 'unknown') throw new TypeError('a submitted job is known');
  return {
    ...blocked,
    tasks: [
      { spec: taskSpec(root), progress: { status: 'queued' }, attempts: 1, executionIds: [executionId], unheard: [] },
    ],
  };
}

function taskSpec(taskId: TaskId): Job['tasks'][number]['spec'] {
  return {
    taskId,
    key: 'root',
    command: ['true'],
    env: {},
    workingDirectory: 'workspace',
    dependsOn: [],
    slotPool: null,
    retry: { maxAttempts: 1, backoff: { initialMs: 1, factor: 1, maxMs: 1, jitter: 0 } },
    timeoutMs: null,
    gracePeriodMs: 1,
    signal: 'SIGTERM',
    signalTo: 'tree',
    artifacts: [],
    onCancelArtifacts: 'keep',
    optional: false,
  };
}

describe('an event belongs to', () => {
  it('the cancellation it names, whatever is open', () => {
    const named = newId('can');
    expect(attributeEvent({ ...nothing, cancellationId: named }, undefined, [open(1, null)])).toBe(named);
  });

  it('none while none is open', () => expect(attributeEvent(nothing, undefined, [])).toBeNull());

  it('the open cancellation of the job', () => {
    const wide = open(1, null);
    expect(attributeEvent({ ...nothing, taskId: root }, undefined, [wide])).toBe(wide.cancellation_id);
  });

  it('the cancellation of its task, though the whole job is being cancelled too', () => {
    const [ofTask, wide] = [open(1, root), open(2, null)];
    expect(attributeEvent({ ...nothing, taskId: root }, undefined, [ofTask, wide])).toBe(ofTask.cancellation_id);
  });

  it('the cancellation of a task it depends on, once that is blocked with it', () => {
    const ofTask = open(1, root);
    const job = jobWith(ofTask.cancellation_id);
    expect(attributeEvent({ ...nothing, taskId: behind }, job, [ofTask])).toBe(ofTask.cancellation_id);
    expect(attributeEvent({ ...nothing, taskId: beside }, job, [ofTask])).toBeNull();
  });

  it('the cancellation of the task whose execution it names', () => {
    const ofTask = open(1, root);
    const job = jobWith(ofTask.cancellation_id);
    expect(attributeEvent({ ...nothing, executionId }, job, [ofTask])).toBe(ofTask.cancellation_id);
    expect(attributeEvent({ ...nothing, executionId: newId('exe') }, job, [ofTask])).toBeNull();
  });

  it('no cancellation of a task when it names none', () => {
    expect(attributeEvent(nothing, undefined, [open(1, root)])).toBeNull();
  });

  it('the newest of those it could belong to', () => {
    const [older, newer] = [open(9, null), open(10, null)];
    expect(attributeEvent(nothing, undefined, [newer, older])).toBe(newer.cancellation_id);
  });
});
