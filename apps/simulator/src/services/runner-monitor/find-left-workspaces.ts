import type { JobId, RunnerId } from '@necrocode/domain';
import type { Life } from '../../world/life.js';
import { Unavailable } from '../../world/unavailable.js';
import { ask } from '../ask.js';
import { LEASE_MS, type Site } from '../site.js';
import type { MonitorStreams } from './monitor-streams.js';

interface Named {
  readonly runnerId: RunnerId;
  readonly jobId: JobId;
  readonly heardMs: number;
}

/** Workspaces that two heartbeats name although their job's cleanup is done: `apps/runner-monitor/src/sweep-inventories`. */
export class FindLeftWorkspaces {
  #before: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    private readonly streams: MonitorStreams,
  ) {}

  async sweep(): Promise<void> {
    const { world } = this.site;
    if (world.broken('never-look-for-workspaces')) return;
    for (const { runnerId, jobId } of this.#foundTwice()) {
      const orphan = { kind: 'workspace', jobId } as const;
      if (!(await this.#isThere(runnerId, jobId))) continue;
      const at = this.life.now();
      await this.streams.handleRunner({ type: 'RecordOrphanFound', runnerId, orphan, processes: 0, at });
      // As long as it is named it is found again: its end is of no consequence here.
      await this.streams.handleRunner({ type: 'RecordOrphanEnded', runnerId, orphan, at });
    }
  }

  #foundTwice(): readonly Named[] {
    const found = this.#named();
    const before = this.#before;
    this.#before = new Map(found.map((each) => [keyOf(each), before.get(keyOf(each)) ?? each.heardMs]));
    return found.filter((each) => each.heardMs > (before.get(keyOf(each)) ?? Infinity));
  }

  #named(): readonly Named[] {
    const { tables, world } = this.site;
    return [...tables.runners].flatMap(([runnerId, { workspaces, lastHeardMs }]) =>
      workspaces
        .filter((jobId) => tables.cleanedJobs.has(jobId) && world.now - lastHeardMs < LEASE_MS)
        .map((jobId) => ({ runnerId, jobId, heardMs: lastHeardMs })),
    );
  }

  async #isThere(runnerId: RunnerId, jobId: JobId): Promise<boolean> {
    const agent = this.site.agents.get(runnerId);
    if (!agent) return false;
    try {
      return (await ask(this.life, agent, (there) => there.inspect([], jobId))).leftFiles > 0;
    } catch (error) {
      if (error instanceof Unavailable) return false;
      throw error;
    }
  }
}

const keyOf = ({ runnerId, jobId }: Named): string => `${runnerId}/${jobId}`;
