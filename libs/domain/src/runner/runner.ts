import type { Containment } from '../execution/execution.js';
import type { ExecutionId, RunnerId, Timestamp } from '../ids.js';
import type { Orphan } from './orphan.js';
import type { SlotDefinition } from '../slot-pool/slot-pool.js';

/** What an agent says of itself when it comes up. */
export interface RunnerDescription {
  readonly runnerId: RunnerId;
  readonly host: string;
  /** The kernel's boot id: pids of another boot mean nothing. */
  readonly bootId: string;
  /** Executions at a time. */
  readonly capacity: number;
  readonly containment: Containment;
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: readonly (SlotDefinition & { readonly pool: string })[];
  /** Functions it can run. Absent from agents of before there were any. */
  readonly handlers?: readonly string[];
  /** What its predecessor or itself could not kill so far. Absent: nothing. */
  readonly unproven?: readonly ExecutionId[];
  readonly version: string;
}

export type RunnerEvent =
  /**
   * Also when an agent restarts or comes back changed. A new session starts as ready, or as quarantined by what it says it
   * cannot kill: an agent ends what its predecessor left before it registers. The same session keeps its standing.
   */
  | {
      readonly type: 'RunnerRegistered';
      readonly runner: RunnerDescription;
      /** Drawn at each start of an agent: two agents with one id are told apart. */
      readonly sessionId: string;
      readonly at: Timestamp;
    }
  /** No heartbeat for a whole lease: its executions are fenced. */
  | {
      readonly type: 'RunnerLost';
      readonly runnerId: RunnerId;
      readonly lastHeardAt: Timestamp;
      readonly at: Timestamp;
    }
  /** Heard again under the same session: draining or quarantined as it was before it was lost. */
  | { readonly type: 'RunnerReturned'; readonly runnerId: RunnerId; readonly at: Timestamp }
  | {
      readonly type: 'RunnerDrained';
      readonly runnerId: RunnerId;
      readonly requestedBy: string;
      readonly at: Timestamp;
    }
  /** It holds processes that cannot be killed: nothing new is started there. */
  | {
      readonly type: 'RunnerQuarantined';
      readonly runnerId: RunnerId;
      readonly executionId: ExecutionId;
      readonly survivors: number;
      readonly at: Timestamp;
    }
  /** They are proven gone after all. The last of its quarantine ends it. */
  | {
      readonly type: 'RunnerSurvivorsGone';
      readonly runnerId: RunnerId;
      readonly executionId: ExecutionId;
      readonly at: Timestamp;
    }
  /** Somebody has looked and says that the host may be used again: ends its quarantine without a proof. */
  | {
      readonly type: 'RunnerTrusted';
      readonly runnerId: RunnerId;
      readonly requestedBy: string;
      readonly at: Timestamp;
    }
  /** Two looks in a row found it, with nobody to answer for it. */
  | {
      readonly type: 'RunnerOrphanFound';
      readonly runnerId: RunnerId;
      readonly orphan: Orphan;
      readonly processes: number;
      readonly at: Timestamp;
    }
  /** What was found has been dealt with: ended and looked for again, or accounted for. */
  | {
      readonly type: 'RunnerOrphanEnded';
      readonly runnerId: RunnerId;
      readonly orphan: Orphan;
      readonly at: Timestamp;
    };

/** All of them: who follows a runner follows each. A type left out does not compile. */
export const RUNNER_EVENTS = Object.keys({
  RunnerRegistered: true,
  RunnerLost: true,
  RunnerReturned: true,
  RunnerDrained: true,
  RunnerQuarantined: true,
  RunnerSurvivorsGone: true,
  RunnerTrusted: true,
  RunnerOrphanFound: true,
  RunnerOrphanEnded: true,
} satisfies Record<RunnerEvent['type'], true>) as RunnerEvent['type'][]; // Cast: keys of that record.

export type RunnerCommand =
  | {
      readonly type: 'RegisterRunner';
      readonly runner: RunnerDescription;
      readonly sessionId: string;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'LoseRunner';
      readonly runnerId: RunnerId;
      readonly lastHeardAt: Timestamp;
      readonly at: Timestamp;
    }
  | { readonly type: 'HearRunner'; readonly runnerId: RunnerId; readonly at: Timestamp }
  | { readonly type: 'DrainRunner'; readonly runnerId: RunnerId; readonly requestedBy: string; readonly at: Timestamp }
  | {
      readonly type: 'QuarantineRunner';
      readonly runnerId: RunnerId;
      readonly executionId: ExecutionId;
      readonly survivors: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordSurvivorsGone';
      readonly runnerId: RunnerId;
      readonly executionId: ExecutionId;
      readonly at: Timestamp;
    }
  | { readonly type: 'TrustRunner'; readonly runnerId: RunnerId; readonly requestedBy: string; readonly at: Timestamp }
  | {
      readonly type: 'RecordOrphanFound';
      readonly runnerId: RunnerId;
      readonly orphan: Orphan;
      readonly processes: number;
      readonly at: Timestamp;
    }
  | {
      readonly type: 'RecordOrphanEnded';
      readonly runnerId: RunnerId;
      readonly orphan: Orphan;
      readonly at: Timestamp;
    };

/** What a runner is when it can be heard. */
export type RunnerStanding = 'ready' | 'draining' | 'quarantined';

export type RunnerState =
  | { readonly status: 'unknown' }
  | {
      /** `lost` hides the standing, which comes back with the runner. */
      readonly status: RunnerStanding | 'lost';
      readonly standing: RunnerStanding;
      /** Starts nothing new for good, also once it is not quarantined any more. */
      readonly isDrained: boolean;
      /** Executions whose processes could not be killed. */
      readonly unproven: readonly ExecutionId[];
      /** Found and not ended yet. Absent from states that were kept before there were any. */
      readonly orphans?: readonly Orphan[];
      readonly runner: RunnerDescription;
      readonly sessionId: string;
      readonly since: Timestamp;
    };
