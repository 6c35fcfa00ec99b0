import type { CleanupState, Timestamp } from '@necrocode/domain';

/** What the store says of the job that a workspace is of. */
export interface WorkspaceStory {
  readonly isJobStored: boolean;
  readonly cleanup: CleanupState;
}

/**
 * Nobody will remove it: its job's cleanup is done, or there never was such a job. Artifacts that are to be kept are out of
 * it by then.
 * @param at of the look; a cleanup that is younger than it, by another clock, has not been looked behind yet
 */
export function isLeftBehind({ isJobStored, cleanup }: WorkspaceStory, at: Timestamp): boolean {
  switch (cleanup.status) {
    case 'unknown':
      return !isJobStored;
    case 'open':
      return false;
    case 'done':
      return cleanup.doneAt < at;
    default:
      return cleanup satisfies never;
  }
}
