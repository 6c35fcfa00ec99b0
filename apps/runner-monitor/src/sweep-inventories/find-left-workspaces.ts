import { inspectReply } from '@necrocode/contracts';
import type { Sweep } from '../lose-runner/sweeper.js';
import type { RunnerControl } from '../runner-control/runner-control.js';
import type { Inventories, NamedWorkspace } from './inventories.js';
import { isLeftBehind } from './is-left-behind.js';
import type { RecordOrphans } from './record-orphans.js';
import { TwoLooks } from './two-looks.js';
import type { WorkspaceStories } from './workspace-stories.js';

/**
 * Workspaces that runners name and nobody will remove. Nothing is touched from here: the artifact-cleaner hears of each, and
 * removes it where the store vouches for it.
 */
export class FindLeftWorkspaces implements Sweep {
  private readonly looks = new TwoLooks<NamedWorkspace>(({ jobId }) => jobId);

  constructor(
    private readonly inventories: Inventories,
    private readonly control: RunnerControl,
    private readonly stories: WorkspaceStories,
    private readonly orphans: RecordOrphans,
  ) {}

  async sweep(): Promise<void> {
    const gone = await this.inventories.findGoneWorkspaces();
    await Promise.all(gone.map((each) => this.close(each)));
    const left = await this.leftBehind(await this.inventories.findWorkspaces());
    await Promise.all(this.looks.confirm(left).map((each) => this.tell(each)));
  }

  private async leftBehind(named: readonly NamedWorkspace[]): Promise<readonly NamedWorkspace[]> {
    const stories = await this.stories.of([...new Set(named.map(({ jobId }) => jobId))]);
    const at = new Date().toISOString();
    return named.filter(({ jobId }) => {
      const story = stories.get(jobId);
      return story !== undefined && isLeftBehind(story, at);
    });
  }

  private async tell(found: NamedWorkspace): Promise<void> {
    if (await this.isThere(found)) await this.orphans.found(found.runnerId, orphanOf(found), 0);
  }

  private async close(gone: NamedWorkspace): Promise<void> {
    if ((await this.isThere(gone)) === false) await this.orphans.ended(gone.runnerId, orphanOf(gone));
  }

  /** Asked now: a heartbeat may have been on its way since before it was removed. @returns undefined: nobody can say */
  private async isThere({ runnerId, jobId }: NamedWorkspace): Promise<boolean | undefined> {
    const reply = await this.control.ask(runnerId, 'inspect', { executionIds: [], jobId }, inspectReply);
    return reply?.hasWorkspace;
  }
}

const orphanOf = ({ jobId }: NamedWorkspace) => ({ kind: 'workspace', jobId }) as const;
