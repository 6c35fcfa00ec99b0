import { createHash } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartRequest } from '@necrocode/contracts';
import type { JobId, SlotClaim } from '@necrocode/domain';

/** Directories of one runner. Ids and pool names were checked where they came in: they hold no separators. */
export class RunnerHome {
  constructor(readonly directory: string) {}

  /** Of containments: two runners on one host keep their trees apart; the same runner finds its own again. */
  get group(): string {
    return `necrocode-${createHash('sha256').update(this.directory).digest('hex').slice(0, 12)}`;
  }

  get workspaces(): string {
    return join(this.directory, 'workspaces');
  }

  workspace(jobId: JobId): string {
    return join(this.workspaces, jobId);
  }

  /** Where a workspace goes before it is removed: out of every path a task ever knew. */
  trash(): string {
    return join(this.directory, 'trash');
  }

  slot({ pool, slotId }: Pick<SlotClaim, 'pool' | 'slotId'>): string {
    return join(this.directory, 'slots', pool, slotId.slice(slotId.lastIndexOf('/') + 1));
  }

  place({ execution, workingDirectory }: StartRequest): Place {
    const workspace = this.workspace(execution.jobId);
    const slot = execution.slot ? this.slot(execution.slot) : null;
    return new Place(workspace, slot, workingDirectory === 'slot' && slot !== null ? slot : workspace);
  }
}

/** Whether there is anything of that name. */
export function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Where one execution works. */
export class Place {
  constructor(
    readonly workspace: string,
    readonly slot: string | null,
    readonly workingDirectory: string,
  ) {}

  /** For temporary files: inside the workspace, so that they go with it. */
  get temporary(): string {
    return join(this.workspace, '.tmp');
  }

  async prepare(): Promise<void> {
    await mkdir(this.temporary, { recursive: true, mode: 0o700 });
    if (this.slot !== null) await mkdir(this.slot, { recursive: true, mode: 0o700 });
  }
}
