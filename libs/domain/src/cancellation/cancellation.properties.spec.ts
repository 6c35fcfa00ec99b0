import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  blockedFacts,
  heldSlot,
  join,
  look,
  ofJob,
  ofTask,
  proof,
  recordBlocked,
  recordCleanup,
  recordFacts,
  recordFailure,
  recordFencing,
  recordTermination,
  recordVerification,
  report,
  request,
  settledFacts,
  target,
  taskFacts,
} from '../testing/cancellations.js';
import { ending, evidence, unproven } from '../testing/executions.js';
import { at, cancellationId } from '../testing/jobs.js';
import { foldTwice, play, type Played } from '../testing/play.js';
import { cancellationDecider } from './decider.js';
import type { Cancellation, CancellationState, StepName } from './cancellation.js';
import type { CancellationCommand } from './cancellation-command.js';
import type { CancellationEvent } from './cancellation-event.js';
import { STEPS } from './cancellation.js';
import { effectsOf } from './effects.js';

/** Two executions in the plan, a third that is none of ours. */
const KEYS = ['train', 'stubborn'];
const facts = blockedFacts({
  tasks: [
    ...KEYS.map((key) => taskFacts(key, 'cancelling')),
    taskFacts('evaluate', 'cancelled', { neverStarted: true }),
  ],
  executions: KEYS.map((key) => target(key)),
});
const settled = settledFacts({ tasks: facts.tasks.map(({ key }) => taskFacts(key, 'cancelled')) });

const key = fc.constantFrom(...KEYS, 'beside');
const termination = fc
  .tuple(key, fc.constantFrom(evidence(), evidence({ forced: true }), unproven))
  .map(([name, proof]) => recordTermination(name, ending('stopped', { cancellationId, evidence: proof })));
const jobFacts = fc
  .constantFrom(settled, settled, facts, { ...settled, heldSlots: [heldSlot('train', 'soiled' as const)] })
  .map(recordFacts);
const cleanup = fc.constantFrom(0, 0, 3).map((leftFiles) => recordCleanup({ ...report, leftFiles }));
const verification = fc
  .array(
    fc.record({
      second: fc.nat({ max: 100 }),
      survivors: fc.constantFrom(0, 0, 0, 1),
      leftFiles: fc.constantFrom(0, 0, 0, 2),
    }),
    { maxLength: 3 },
  )
  .map((looks) => looks.sort((a, b) => a.second - b.second).map(({ second, ...found }) => look(second, found)))
  .map((looks) => recordVerification(...looks));
const failure = fc
  .tuple(fc.constantFrom<StepName>(...STEPS), fc.constantFrom('service-unavailable', 'runner-unreachable'))
  .map(([step, code]) => recordFailure(step, code));
const joining = fc
  .record({ force: fc.boolean(), gracePeriodMs: fc.constantFrom(null, 0, 2_000, 60_000) })
  .map((options) => join(options));

const second = fc.nat({ max: 20 });
const holding = fc.oneof(
  second.map((s): CancellationCommand => ({ type: 'RecordTasksHeld', facts, taskIds: [], at: at(s), proof })),
  second.map((s): CancellationCommand => ({ type: 'CloseUndoWindow', at: at(s), proof })),
  second.map((s): CancellationCommand => ({ type: 'UndoCancellation', requestedBy: 'bob', at: at(s), proof })),
  second.map((s): CancellationCommand => ({ type: 'RecordTasksReleased', at: at(s), proof })),
);
/** Half of them have an undo window, of 10 s. */
const withWindow = fc.constantFrom({}, { undoWindowMs: 10_000 });

const command = fc.oneof(
  { weight: 3, arbitrary: holding },
  { weight: 2, arbitrary: fc.constant(recordBlocked(facts)) },
  { weight: 4, arbitrary: termination },
  { weight: 1, arbitrary: key.map((name) => recordFencing(name)) },
  { weight: 3, arbitrary: jobFacts },
  { weight: 3, arbitrary: cleanup },
  { weight: 3, arbitrary: verification },
  { weight: 3, arbitrary: failure },
  { weight: 1, arbitrary: joining },
);
const life = fc
  .tuple(fc.constantFrom(ofJob, ofTask), withWindow, fc.array(command, { maxLength: 60 }))
  .map(([target, window, rest]): CancellationCommand[] => [{ ...request(target), ...window }, ...rest]);

const lives = (check: (played: Played<CancellationState, CancellationCommand, CancellationEvent>) => void): void =>
  fc.assert(
    fc.property(life, (commands) => check(play(cancellationDecider, commands))),
    { numRuns: 300 },
  );
const known = (states: readonly CancellationState[]): readonly Cancellation[] =>
  states.flatMap((state) => (state.status === 'unknown' ? [] : state));

describe('whatever happens to a cancellation', () => {
  it('is decided or refused, never a fault', () => lives(({ faults }) => expect(faults).toStrictEqual([])));

  it('leaves it asking for something until it is completed or undone, and for nothing then', () =>
    lives(({ states }) => {
      for (const state of known(states)) {
        const over = state.status === 'completed' || state.status === 'undone';
        // Parked tasks without an execution wait for the window alone.
        const waits =
          state.hold?.phase === 'holding' && state.hold.taskIds !== null && state.hold.executions.length === 0;
        expect(effectsOf(state).length > 0).toBe(!over && !waits);
      }
    }));

  it('leaves it asking for every step that is open', () =>
    lives(({ states }) => {
      for (const state of known(states)) {
        const open = STEPS.filter((step) => state.steps[step].status === 'open');
        const asked = new Set(effectsOf(state).map(({ step }) => step));
        // How the job stands settles both its states and its slots; and whether its workspace may be cleaned.
        if (asked.has('settle-states')) asked.add('release').add('clean');
        expect(open.filter((step) => !asked.has(step))).toStrictEqual([]);
      }
    }));

  it('is completed only with every execution ended, the rest done, and two clean looks in a row', () =>
    lives(({ states }) => {
      for (const state of known(states)) {
        if (state.status !== 'completed') continue;
        expect(state.plan?.executions.every(({ execution }) => state.terminations.has(execution.executionId))).toBe(
          true,
        );
        expect(STEPS.filter((step) => state.steps[step].status !== 'completed')).toStrictEqual([]);
        expect(state.cleanPasses).toBeGreaterThanOrEqual(2);
        expect(state.certificate).toMatchObject({ outcome: 'completed', verification: { survivors: 0, leftFiles: 0 } });
      }
    }));

  it('does not change it once it is completed', () =>
    lives(({ states }) => {
      const completed = states.findIndex(({ status }) => status === 'completed');
      if (completed !== -1) for (const later of states.slice(completed)) expect(later).toBe(states[completed]);
    }));

  it('starts every step once and completes it once, after it started', () =>
    lives(({ events }) => {
      const story = (step: StepName): string =>
        events
          .flatMap((event) =>
            (event.type === 'StepStarted' || event.type === 'StepCompleted') && event.step === step ? event.type : [],
          )
          .join();
      for (const step of STEPS) expect(['', 'StepStarted', 'StepStarted,StepCompleted']).toContain(story(step));
    }));

  it('never gives a task more time, and never takes force back', () =>
    lives(({ states }) => {
      const stops = known(states).map((state) =>
        effectsOf(state).flatMap((effect) =>
          effect.type === 'stop-executions' ? effect.stops.map(({ stop }) => stop) : [],
        ),
      );
      let grace = Infinity;
      let forced = false;
      for (const stop of stops.flat()) {
        expect(stop.gracePeriodMs).toBeLessThanOrEqual(grace);
        grace = stop.gracePeriodMs;
      }
      for (const state of known(states)) {
        if (forced) expect(state.options.force).toBe(true);
        forced = state.options.force;
      }
    }));

  it('does nothing when an answer or a report comes again, however much later', () =>
    lives(({ effective }) => {
      // A failure is an attempt of its own and a join a request of its own; their command ids tell repetitions.
      const counted = new Set(['JoinCancellation', 'RecordStepFailure']);
      const failed = (command: CancellationCommand): boolean =>
        command.type === 'RecordCleanup' && command.report.leftFiles > 0;
      const again = effective.filter(
        ({ command, again }) => again.length > 0 && !counted.has(command.type) && !failed(command),
      );
      expect(again).toStrictEqual([]);
    }));

  it('gives the same state each time it is replayed', () =>
    lives(({ events }) => expect(foldTwice(cancellationDecider, events)).toBe(true)));

  it('completes, or is undone, when everything it asks for is answered in the end', () =>
    fc.assert(
      fc.property(life, (commands) => {
        const healed = [
          recordBlocked(facts),
          ...KEYS.map((name) => recordTermination(name)),
          recordFacts(settled),
          recordCleanup(),
          recordVerification(look(1_000), look(1_001)),
        ];
        const released: CancellationCommand = { type: 'RecordTasksReleased', at: at(60), proof };
        const windowOver: CancellationCommand = { type: 'CloseUndoWindow', at: at(60), proof };
        const { states, events } = play(cancellationDecider, [...commands, released, windowOver, ...healed]);
        const undone = events.some(({ type }) => type === 'UndoRequested');
        expect(states.at(-1)).toMatchObject({ status: undone ? 'undone' : 'completed' });
        expect(events.at(-1)).toMatchObject({ type: undone ? 'CancellationUndone' : 'CancellationCompleted' });
      }),
      { numRuns: 300 },
    ));
});
