import type { Timestamp } from '../ids.js';

/** A queue is a name on jobs; what it has beyond its jobs is whether it is paused. */
export interface Queue {
  /** null: its jobs begin as there is room. */
  readonly paused: { readonly since: Timestamp; readonly requestedBy: string } | null;
}

interface Told {
  readonly queue: string;
  readonly requestedBy: string;
  readonly at: Timestamp;
}

/** `QueuePaused`: no job of it begins; those that have begun go on. */
export type QueueEvent = (Told & { readonly type: 'QueuePaused' }) | (Told & { readonly type: 'QueueResumed' });

export type QueueCommand = (Told & { readonly type: 'PauseQueue' }) | (Told & { readonly type: 'ResumeQueue' });
