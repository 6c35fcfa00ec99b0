import type { RunnerId } from '@necrocode/domain';
import type { Containment } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import type { ExecutionFiles } from '../execution/execution-file.js';
import type { Reports } from '../execution/reports.js';
import { endOrphan } from './end-orphan.js';
import { lookAtHost } from './look-at-host.js';
import { type OrphanedTree, orphanedTrees } from './orphaned-tree.js';
import { Strikes } from './strikes.js';

export interface SweepParts {
  readonly runnerId: RunnerId;
  readonly containment: Containment;
  readonly files: ExecutionFiles;
  readonly reports: Reports;
  /** Executions in hand: running here, or being ended. */
  readonly owned: () => readonly string[];
  readonly logger: Logger;
}

/** Compares, again and again, what this agent has in hand with what is on its host, and ends what nobody answers for. */
export class SweepHost {
  private readonly strikes = new Strikes();
  private readonly ending = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: SweepParts) {}

  start(everyMs: number): void {
    this.timer = setInterval(() => this.sweep(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.ending.values());
  }

  /** One look. Synchronous, so that nothing changes hands in the middle of it. */
  sweep(): void {
    const { runnerId, containment, files, owned, logger } = this.parts;
    try {
      const inHand = new Set([...owned(), ...this.ending.keys()]);
      const found = orphanedTrees(lookAtHost(runnerId, containment, files, inHand));
      for (const tree of this.strikes.confirm(found)) this.begin(tree);
    } catch (error) {
      logger.error({ err: error }, 'cannot look for orphans; trying again');
    }
  }

  private begin(tree: OrphanedTree): void {
    const { executionId } = tree;
    const ending = this.end(tree)
      .catch((error: unknown) => this.parts.logger.error({ err: error, executionId }, 'cannot end an orphan'))
      .finally(() => this.ending.delete(executionId));
    this.ending.set(executionId, ending);
  }

  private async end(tree: OrphanedTree): Promise<void> {
    const { runnerId, containment, files, reports, logger } = this.parts;
    const { executionId } = tree;
    const processes = tree.processes.length;
    const orphan = { kind: processes > 0 ? 'process' : 'containment', executionId } as const;
    reports.orphan('orphan-found', runnerId, orphan, processes);
    logger.warn(
      { ...orphan, processes, pids: tree.processes.map(({ pid }) => pid) },
      'nobody has it in hand; ending it',
    );
    const left = await endOrphan(tree, files, containment);
    reports.orphan('orphan-ended', runnerId, orphan, left);
  }
}
