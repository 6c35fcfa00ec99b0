import { describe, expect, it } from '@jest/globals';
import {
  blockedFacts,
  look,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordTermination,
  recordVerification,
  request,
  settledFacts,
  stateOf,
  target,
  taskFacts,
} from '../testing/cancellations.js';
import { ending, execution } from '../testing/executions.js';
import { at, executionId } from '../testing/jobs.js';
import { effectsOf } from './effects.js';
import { finalizersBudgetMs } from './finalizers.js';
import { explainedSilenceMs } from './standstill.js';

const tidy = (status: 'blocked' | 'running' | 'completed' | 'cancelled') =>
  taskFacts('tidy', status, { finalizer: { budgetMs: 70_000 }, neverStarted: status === 'blocked' });
const blocked = (status: 'blocked' | 'running' = 'blocked') =>
  recordBlocked(
    blockedFacts({
      tasks: [taskFacts('train', 'cancelling'), tidy(status)],
      executions: [target('train'), ...(status === 'running' ? [target('tidy')] : [])],
    }),
  );
const settled = settledFacts({
  tasks: [taskFacts('train', 'cancelled'), tidy('completed')],
  executions: [target('train'), target('tidy')],
});
const untilGone = [request(), blocked(), recordTermination()];
const untilFinalized = [...untilGone, recordFacts(settled), recordCleanup()];
const ofSteps = (...commands: Parameters<typeof stateOf>) => {
  const state = stateOf(...commands);
  if (state.status === 'unknown') throw new Error('no cancellation');
  return state;
};
const stopsIn = (state: ReturnType<typeof stateOf>) =>
  effectsOf(state).flatMap((effect) =>
    effect.type === 'stop-executions' ? effect.stops.map(({ execution }) => execution.executionId) : [],
  );

describe('the finalizers of a cancelled job', () => {
  it('are not stopped, not even when they run already', () => {
    const { plan } = ofSteps(request(), blocked('running'));
    expect(plan?.tasks.find(({ key }) => key === 'tidy')).toMatchObject({ action: 'none' });
    expect(plan?.executions.map(({ taskKey }) => taskKey)).toEqual(['train']);
  });

  it('have time: silence while they may run is explained', () => {
    const state = ofSteps(...untilGone);
    expect(state.steps['settle-states'].status).toBe('open');
    expect([finalizersBudgetMs(state), explainedSilenceMs(state)]).toEqual([70_000, 70_000]);
    expect(finalizersBudgetMs(ofSteps(...untilFinalized))).toBe(0);
  });

  it('hold back the second look until their own end is proven', () => {
    const state = ofSteps(...untilFinalized);
    expect(state.steps.verify.status).toBe('waiting');
    expect(stopsIn(state)).toEqual(['exe_tidy1']);
    expect(ofSteps(...untilFinalized, recordTermination('tidy', ending('exited'))).steps.verify.status).toBe('open');
  });

  it('are looked at once more with every attempt that was followed by another', () => {
    const second = execution('tidy', { executionId: executionId('tidy2'), attempt: 2 });
    const executions = [target('train'), target('tidy', { execution: second })];
    const retried = { ...settled, executions, earlier: [target('tidy')] };
    const state = ofSteps(
      ...[...untilGone, recordFacts(retried), recordCleanup()],
      recordTermination('tidy', ending('exited'), second),
    );
    const looks = effectsOf(state).flatMap((effect) => (effect.type === 'verify' ? effect.earlier : []));
    expect(looks.map(({ executionId }) => executionId)).toEqual(['exe_tidy1']);
  });

  it('are in the certificate with how they ended, and apart from what was cancelled', () => {
    const late = ending('exited');
    const { certificate } = ofSteps(
      ...untilFinalized,
      recordTermination('tidy', { ...late, evidence: { ...late.evidence, provenGoneAt: at(59) } }),
      recordVerification(look(51), look(52)),
    );
    expect(certificate).toMatchObject({
      outcome: 'completed',
      tasks: { cancelled: 1 },
      finalizers: [{ task: 'tidy', status: 'completed' }],
      executions: [{ task: 'train' }, { task: 'tidy', finalizer: true }],
    });
    expect(certificate?.executions[0]).not.toHaveProperty('finalizer');
    expect(certificate?.lastProcessGoneAfterMs).toBeLessThan(59_000);
  });

  it('that never ran are counted with the tasks that were cancelled', () => {
    const facts = settledFacts({
      tasks: [taskFacts('train', 'cancelled', { neverStarted: true }), { ...tidy('cancelled'), neverStarted: true }],
      executions: [],
    });
    const { certificate } = ofSteps(
      request(),
      recordBlocked(facts),
      recordFacts(facts),
      recordCleanup(),
      recordVerification(look(51), look(52)),
    );
    expect(certificate).toMatchObject({
      tasks: { cancelled: 2, neverStarted: 2 },
      finalizers: [{ task: 'tidy', status: 'cancelled' }],
    });
  });
});
