import type { ExecutionId, FencingToken, JobId, RunnerId, SlotId, TaskId, Timestamp } from '../ids.js';

/** `repository`: a directory that must be a clean checkout (or empty) between leases. `counted`: a permit, nothing to clean. */
export type SlotKind = 'repository' | 'counted';

export interface SlotHolder {
  readonly executionId: ExecutionId;
  readonly jobId: JobId;
  readonly taskId: TaskId;
  readonly fencingToken: FencingToken;
}

/** A slot as its holder names it. */
export interface SlotClaim {
  readonly pool: string;
  readonly slotId: SlotId;
  readonly kind: SlotKind;
}

export interface SlotDefinition {
  readonly slotId: SlotId;
  readonly runnerId: RunnerId;
  readonly kind: SlotKind;
}

/** What the clean check saw. */
export interface SlotEvidence {
  readonly kind: SlotKind;
  /** Entries `git status` still listed, or left in a directory without a repository, after the cleaning: 0 when clean. */
  readonly leftEntries: number;
  readonly checkedAt: Timestamp;
}

export type SlotPoolEvent =
  | {
      readonly type: 'SlotsAdded';
      readonly pool: string;
      readonly slots: readonly SlotDefinition[];
      readonly at: Timestamp;
    }
  | {
      readonly type: 'SlotLeased';
      readonly pool: string;
      readonly slotId: SlotId;
      readonly holder: SlotHolder;
      readonly at: Timestamp;
    }
  /** Its holder has ended; not free before it is proven clean. */
  | {
      readonly type: 'SlotSoiled';
      readonly pool: string;
      readonly slotId: SlotId;
      readonly holder: SlotHolder;
      /** The end of its holder never came round; a look at the store found it. */
      readonly foundBy?: 'sweep';
      readonly at: Timestamp;
    }
  | {
      readonly type: 'SlotFreed';
      readonly pool: string;
      readonly slotId: SlotId;
      readonly holder: SlotHolder;
      /** null when the holder never started, so nothing was soiled. */
      readonly evidence: SlotEvidence | null;
      readonly at: Timestamp;
    };

export type SlotPoolCommand =
  | {
      readonly type: 'AddSlots';
      readonly pool: string;
      readonly slots: readonly SlotDefinition[];
      readonly at: Timestamp;
    }
  | { readonly type: 'LeaseSlot'; readonly slotId: SlotId; readonly holder: SlotHolder; readonly at: Timestamp }
  | {
      readonly type: 'SoilSlot';
      readonly slotId: SlotId;
      readonly executionId: ExecutionId;
      readonly foundBy?: 'sweep';
      readonly at: Timestamp;
    }
  | {
      readonly type: 'FreeSlot';
      readonly slotId: SlotId;
      readonly executionId: ExecutionId;
      readonly evidence: SlotEvidence | null;
      readonly at: Timestamp;
    };

export type SlotUse =
  | { readonly status: 'free' }
  | { readonly status: 'leased'; readonly holder: SlotHolder }
  | { readonly status: 'soiled'; readonly holder: SlotHolder };

export type Slot = SlotDefinition & {
  readonly use: SlotUse;
  /** Of the newest lease, also after it was given back: tokens grow, so a lease with a smaller one is a message of the past. */
  readonly lastHolder: SlotHolder | null;
};

export interface SlotPool {
  /** Empty until the first slot is added. */
  readonly pool: string;
  readonly slots: ReadonlyMap<SlotId, Slot>;
}
