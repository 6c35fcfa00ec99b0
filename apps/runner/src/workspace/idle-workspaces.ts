import { readdir } from 'node:fs/promises';
import { jobId } from '@necrocode/contracts';
import type { JobId } from '@necrocode/domain';
import type { Logger } from '@necrocode/service-kit/process';
import { isMissing } from './confined-tree.js';
import type { RunnerHome } from './place.js';

/** So many are named at most: a heartbeat is to stay small. */
const NAMED = 100;

/**
 * Jobs that have a workspace on this host and nothing in hand that runs in it: between two tasks, about to be cleaned, or
 * left behind. Listed beside the heartbeats that name them: a disk that hangs must not cost a runner its lease.
 */
export class IdleWorkspaces {
  private listed: readonly JobId[] = [];
  private listing: Promise<void> | null = null;

  constructor(
    private readonly home: RunnerHome,
    private readonly inUse: () => ReadonlySet<JobId>,
    private readonly logger: Logger,
  ) {}

  /** As they were listed last, the oldest first, which are the likeliest to be left behind; begins to list them anew. */
  name(): JobId[] {
    this.listing ??= this.list()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'cannot list the workspaces'))
      .finally(() => (this.listing = null));
    const inUse = this.inUse();
    return this.listed.filter((each) => !inUse.has(each)).slice(0, NAMED);
  }

  /** Directories that are named after a job; whatever else lies there is none of ours. */
  private async list(): Promise<void> {
    const entries = await readdir(this.home.workspaces, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    this.listed = entries
      .flatMap((entry) => (entry.isDirectory() ? (jobId.safeParse(entry.name).data ?? []) : []))
      .sort(); // Ids begin with the time.
  }
}
