import type { ContainmentMeans } from '../contain/containment.js';
import type { ProcessIdentity } from '../proc/process-identity.js';

/** One signal, to however many processes got it at that moment. */
export interface SignalEvidence {
  readonly signal: NodeJS.Signals;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** How many processes it was delivered to. */
  readonly processes: number;
  /** `refused`: the kernel did not let us signal at least one of them. */
  readonly answer: 'delivered' | 'no-such-process' | 'refused';
}

/** How the leader ended: by itself with a code, or by a signal. */
export interface LeaderExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** RFC 3339, UTC. */
  readonly endedAt: string;
}

export interface StopReport {
  readonly means: ContainmentMeans;
  /** `unconfirmed`: somebody is left, see `survivors`; it is still being tried, see `ProcessTree.gone`. */
  readonly assurance: 'kernel' | 'swept' | 'unconfirmed';
  /** Stopped while it was held: not one instruction of the command was executed. */
  readonly neverRan: boolean;
  readonly signals: readonly SignalEvidence[];
  /** SIGKILL was needed, or asked for, and hit somebody. */
  readonly forced: boolean;
  /** null: it never ran, it has not ended, or it was not our child (a predecessor's). */
  readonly exit: LeaderExit | null;
  /** The most processes seen alive at once. */
  readonly peakProcesses: number;
  readonly survivors: readonly ProcessIdentity[];
  /** As in GoneProof: looks for escapees that found nobody, in a row, at the end. */
  readonly passes: number;
  /** RFC 3339, UTC; null: not proven. */
  readonly provenGoneAt: string | null;
  /** What the kernel said when it refused to help; null once gone. */
  readonly obstacle: string | null;
}
