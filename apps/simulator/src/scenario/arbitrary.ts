import fc from 'fast-check';
import {
  type Fault,
  type JobPlan,
  type RunnerPlan,
  type Scenario,
  SERVICES,
  type TaskPlan,
  type Where,
  type Wish,
} from './scenario.js';

/** Faults and wishes come within this time; what comes after is to converge. */
export const STORM_MS = 25_000;

const atMs = fc.integer({ min: 0, max: 12_000 });
const soonMs = fc.integer({ min: 0, max: 4_000 });
const downMs = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 20, max: 1_500 }) },
  fc.integer({ min: 1_500, max: 15_000 }),
);

const runner: fc.Arbitrary<RunnerPlan> = fc.record({
  containment: fc.constantFrom('cgroup2' as const, 'process-group' as const),
  capacity: fc.integer({ min: 1, max: 3 }),
  slots: fc.integer({ min: 0, max: 2 }),
});

const task: fc.Arbitrary<TaskPlan> = fc.record({
  dependsOn: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  runMs: fc.oneof(fc.integer({ min: 5, max: 300 }), fc.integer({ min: 300, max: 8_000 })),
  fails: rarely(0.15),
  attempts: fc.constantFrom(1, 1, 2, 3),
  usesSlot: rarely(0.3),
  optional: rarely(0.15),
  finalizer: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('if-begun' as const, 'even-if-queued' as const) },
  ),
  graceMs: fc.constantFrom(0, 50, 400, 3_000),
  behaviour: fc.constantFrom('plain', 'plain', 'ignores-term', 'escapes', 'clears-mark', 'forks-when-hunted'),
  children: fc.nat(2),
});

const job: fc.Arbitrary<JobPlan> = fc.record({
  atMs: fc.oneof(fc.constant(0), soonMs),
  priority: fc.constantFrom(10, 50, 90),
  deadlineMs: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.integer({ min: 200, max: 6_000 })),
  tasks: fc.array(task, { minLength: 1, maxLength: 4 }),
});

const asked = {
  atMs: fc.oneof(soonMs, soonMs, atMs),
  force: rarely(0.25),
  graceMs: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.constantFrom(0, 100, 2_000)),
};

const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('cancel-job' as const),
      ...asked,
      job: fc.nat(2),
      undoWindowMs: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, fc.constantFrom(300, 2_000, 6_000)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('cancel-task' as const),
      ...asked,
      job: fc.nat(2),
      task: fc.nat(3),
      cascade: fc.constantFrom('dependents' as const, 'none' as const, 'dependents-and-unneeded-inputs' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel-all' as const), ...asked }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('undo' as const),
      atMs: fc.integer({ min: 10, max: 3_000 }),
      wish: fc.nat(3),
    }),
  },
);

const service: fc.Arbitrary<Where> = fc.constantFrom(...SERVICES);
const machine = fc.nat(1);
const where: fc.Arbitrary<Where> = fc.oneof({ weight: 3, arbitrary: service }, { weight: 2, arbitrary: machine });
const forMs = fc.oneof(fc.integer({ min: 50, max: 2_500 }), fc.integer({ min: 2_500, max: 18_000 }));

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      where,
      effect: fc.integer({ min: 1, max: 90 }),
      downMs,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut-off' as const), where, atMs, forMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), where, atMs, forMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      where,
      atMs,
      byMs: fc.integer({ min: -20_000, max: 20_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('store-away' as const), atMs, forMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wipe-jetstream' as const), atMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-message' as const), atMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lie' as const), where: machine, atMs, forMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale-report' as const), where: machine, atMs: soonMs }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('unkillable' as const), where: machine, atMs: soonMs, forMs }),
  },
);

/** Random jobs, wishes and faults. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  runners: fc.array(runner, { minLength: 1, maxLength: 2 }),
  jobs: fc.array(job, { minLength: 1, maxLength: 3 }),
  wishes: fc.array(wish, { minLength: 1, maxLength: 4 }),
  faults: fc.array(fault, { maxLength: 5 }),
});

/** The scenario of a seed: always the same one. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarios, { seed, numRuns: 1 });
  if (!scenario) throw new Error('nothing was generated');
  return scenario;
}

function rarely(probability: number): fc.Arbitrary<boolean> {
  const weight = Math.round(probability * 100);
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(false) }, { weight, arbitrary: fc.constant(true) });
}
