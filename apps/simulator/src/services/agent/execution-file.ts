import type { ExecutionEnding, ExecutionIdentity, StopRequest } from '@necrocode/domain';
import type { Remembered } from '../../reality/containment.js';

/** What an agent leaves on disk for the one after it. */
export interface ExecutionFile {
  readonly execution: ExecutionIdentity;
  readonly stop: StopRequest | null;
  /** null: nothing of it has run. */
  readonly tree: Tree | null;
  readonly ending: ExecutionEnding | null;
  /** It had no place, and never gets one. */
  readonly refused?: true;
}

export interface Tree {
  readonly leader: Remembered;
  /** Everybody seen while it ran, the leader included. */
  readonly seen: Remembered[];
}
