import type { Cascade, Containment } from '@necrocode/domain';
import type { Behaviour } from '../reality/program.js';

/** A history to be: everything but the delays, which follow from its seed. Plain data, so that it can be shrunk and kept. */
export interface Scenario {
  /** Of delays and other chance. */
  readonly seed: number;
  readonly runners: readonly RunnerPlan[];
  readonly jobs: readonly JobPlan[];
  readonly wishes: readonly Wish[];
  readonly faults: readonly Fault[];
}

export interface RunnerPlan {
  readonly containment: Extract<Containment, 'cgroup2' | 'process-group'>;
  readonly capacity: number;
  readonly slots: number;
}

export interface JobPlan {
  readonly atMs: number;
  readonly priority: number;
  /** Cancelled when it has not ended by then; null: never for that. */
  readonly deadlineMs: number | null;
  readonly tasks: readonly TaskPlan[];
}

export interface TaskPlan {
  /** Indexes of tasks before it. */
  readonly dependsOn: readonly number[];
  readonly runMs: number;
  readonly fails: boolean;
  readonly attempts: number;
  readonly usesSlot: boolean;
  readonly optional: boolean;
  readonly finalizer: 'if-begun' | 'even-if-queued' | null;
  readonly graceMs: number;
  readonly behaviour: Behaviour;
  readonly children: number;
}

/** What users ask for. Jobs and tasks are named by their place, counted round. */
export type Wish =
  | (Asked & { readonly kind: 'cancel-job'; readonly job: number; readonly undoWindowMs: number | null })
  | (Asked & { readonly kind: 'cancel-task'; readonly job: number; readonly task: number; readonly cascade: Cascade })
  | (Asked & { readonly kind: 'cancel-all' })
  /** So long after the wish it undoes. */
  | { readonly kind: 'undo'; readonly atMs: number; readonly wish: number };

interface Asked {
  readonly atMs: number;
  readonly force: boolean;
  readonly graceMs: number | null;
}

export const SERVICES = [
  'dispatcher',
  'runner-monitor',
  'cancellation-service',
  'artifact-cleaner',
  'relay-a',
  'relay-b',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Where something goes wrong: a service, or a runner by its place. */
export type Where = ServiceName | number;

export type Fault =
  /** Killed exactly before its n-th effect, and up again after a while. */
  | { readonly kind: 'crash'; readonly where: Where; readonly effect: number; readonly downMs: number }
  | { readonly kind: 'cut-off'; readonly where: Where; readonly atMs: number; readonly forMs: number }
  /** Stopped by a signal and continued. */
  | { readonly kind: 'pause'; readonly where: Where; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'clock'; readonly where: Where; readonly atMs: number; readonly byMs: number }
  | { readonly kind: 'store-away'; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'wipe-jetstream'; readonly atMs: number }
  | { readonly kind: 'lose-message'; readonly atMs: number }
  /** Its agent says that trees are gone which are not. */
  | { readonly kind: 'lie'; readonly where: number; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'stale-report'; readonly where: number; readonly atMs: number }
  /** What runs there sleeps in the kernel and cannot be killed. */
  | { readonly kind: 'unkillable'; readonly where: number; readonly atMs: number; readonly forMs: number };
