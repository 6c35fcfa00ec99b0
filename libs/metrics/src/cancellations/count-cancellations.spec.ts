import { describe, expect, it } from '@jest/globals';
import {
  type Cancellation,
  type CancellationCommand,
  cancellationDecider,
  type CancellationEvent,
  type CancellationId,
  type CancellationState,
  type ExecutionId,
  type JobId,
  type RunnerId,
  type SlotId,
  type TaskId,
} from '@necrocode/domain';
import { Metrics } from '../define/metrics.js';
import { countCancellations } from './count-cancellations.js';
import { declareRequests } from './declare-requests.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();

const request: CancellationCommand = {
  type: 'RequestCancellation',
  cancellationId: 'can_1' as CancellationId,
  target: { kind: 'job', jobId: 'job_1' as JobId },
  options: { force: false, gracePeriodMs: null, signal: null, artifacts: null },
  reason: { code: 'budget', text: 'too dear' },
  requestedBy: 'user:spec',
  fingerprint: 'f',
  requestedAt: at(0),
  at: at(0),
};

/** Counts an append of these events, each at the state they all lead to, as the service does. */
function counting() {
  const metrics = new Metrics();
  const count = countCancellations(metrics, declareRequests(metrics));
  let state: CancellationState = cancellationDecider.initial;
  return {
    append(...events: readonly CancellationEvent[]): Cancellation {
      state = events.reduce<CancellationState>(cancellationDecider.evolve, state);
      if (state.status === 'unknown') throw new TypeError('nothing was requested');
      count({ state, events, recordedAt: at(0.004) });
      return state;
    },
    async lines() {
      return (await metrics.exposition())
        .split('\n')
        .filter((line) => /^\w.* [0-9.]*[1-9]/.test(line) && !line.includes('_bucket'));
    },
  };
}

const requested = cancellationDecider.decide(request, cancellationDecider.initial);

describe('a cancellation', () => {
  it('counts as one request, with the time until it was durable', async () => {
    const { append, lines } = counting();
    append(...requested);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'cancellation_requests_total{scope="job",reason="budget"} 1',
        'cancellation_acknowledge_seconds_sum{scope="job"} 0.004',
      ]),
    );
  });

  it('is no request as the member of a bulk', async () => {
    const { append, lines } = counting();
    append(
      ...cancellationDecider.decide({ ...request, bulkId: 'can_2' as CancellationId }, cancellationDecider.initial),
    );
    expect((await lines()).filter((line) => line.startsWith('cancellation_requests_total'))).toEqual([]);
  });

  it('tells failed steps, and among them those that timed out', async () => {
    const { append, lines } = counting();
    append(...requested);
    const failed = (code: string): CancellationEvent => ({
      type: 'StepFailed',
      step: 'block-dispatch',
      attempt: 1,
      error: { code, message: code },
      at: at(1),
    });
    append(failed('service-unavailable'), { type: 'StepRetried', step: 'block-dispatch', attempt: 2, at: at(1) });
    append(failed('no-progress'));
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'cancellation_step_failures_total{step="block-dispatch"} 2',
        'cancellation_step_timeouts_total{step="block-dispatch"} 1',
        'cancellation_redrives_total{step="block-dispatch"} 1',
      ]),
    );
  });

  it('has the duration of a step from its opening to its completion', async () => {
    const { append, lines } = counting();
    append(...requested);
    append({ type: 'StepStarted', step: 'terminate', at: at(1) });
    append({ type: 'StepCompleted', step: 'terminate', evidence: {}, at: at(3.5) });
    expect(await lines()).toContain('cancellation_step_duration_seconds_sum{step="terminate"} 2.5');
  });

  it('that was taken back is none that was proven', async () => {
    const { append, lines } = counting();
    append(...requested);
    append({ type: 'CancellationUndone', at: at(2) });
    expect(await lines()).toContain('cancellation_undone_total 1');
    expect((await lines()).filter((line) => line.startsWith('cancellation_duration'))).toEqual([]);
  });

  it('held a slot also when that was free again before its plan was drawn up', async () => {
    const { append, lines } = counting();
    append(...requested);
    const [executionId, taskId, runnerId] = ['exe_1' as ExecutionId, 'task_1' as TaskId, 'run_1' as RunnerId];
    const slot = { kind: 'repository', pool: 'repos', slotId: 'repo-0' as SlotId } as const;
    const execution = { executionId, jobId: 'job_1' as JobId, taskId, runnerId, attempt: 1, fencingToken: 1, slot };
    const plan = {
      tasks: [],
      executions: [{ execution, taskKey: 'a', gracePeriodMs: 1, signal: 'SIGTERM', signalTo: 'tree' }],
      slots: [],
      runnerId,
    } as const;
    append({ type: 'CancellationPlanned', plan, at: at(1) });
    append({ type: 'StepCompleted', step: 'release', evidence: {}, at: at(2) });
    expect(await lines()).toContain('cancellation_slots_free_seconds_sum 2');
  });
});
