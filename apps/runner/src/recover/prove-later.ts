import type { ExecutionEnding, ExecutionId } from '@necrocode/domain';
import { openRecorded, type RecordedTree, type StopReport, type TreeRecord } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import { endingOf } from '../execution/endings.js';
import type { ExecutionFile, ExecutionFiles } from '../execution/execution-file.js';
import type { Reports } from '../execution/reports.js';

type OpensTrees = (record: TreeRecord) => Pick<RecordedTree, 'stop'>;

/**
 * Ends that nobody has proven, or that somebody doubts: what outlives SIGKILL sleeps in the kernel and dies when it wakes. It
 * is killed and looked for until nobody is left, then told once more: cleanings and certificates wait for that proof.
 */
export class ProveLater {
  private readonly underWay = new Set<ExecutionId>();
  private isOver = false;

  constructor(
    private readonly files: Pick<ExecutionFiles, 'write'>,
    private readonly reports: Pick<Reports, 'endedAgain'>,
    private readonly logger: Logger,
    private readonly open: OpensTrees = openRecorded,
  ) {}

  /** Once at a time for an execution, however often somebody asks. */
  begin(file: EndedTree): void {
    const { executionId } = file.execution;
    if (this.underWay.has(executionId)) return;
    this.underWay.add(executionId);
    this.prove(file)
      .catch((error: unknown) => this.logger.error({ err: error, executionId }, 'cannot look for what is left'))
      .finally(() => this.underWay.delete(executionId));
  }

  /** Whose proof is still awaited. */
  get unproven(): readonly ExecutionId[] {
    return [...this.underWay];
  }

  /** Looks no further. */
  stop(): void {
    this.isOver = true;
  }

  private async prove(file: EndedTree): Promise<void> {
    const tree = this.open(file.tree);
    let report: StopReport;
    // Each answer comes after a bounded time.
    do report = await tree.stop({ gracePeriodMs: 0, force: true });
    while (report.provenGoneAt === null && !this.isOver);
    if (report.provenGoneAt === null) return;
    const { execution, ending, stop } = file;
    const proof = endingOf(report, ending.reason, stop).evidence;
    const evidence = {
      ...proof,
      signals: [...ending.evidence.signals, ...proof.signals],
      forced: ending.evidence.forced || proof.forced,
      peakProcesses: Math.max(ending.evidence.peakProcesses, proof.peakProcesses),
    };
    const proven = { ...ending, evidence };
    this.files.write({ ...file, ending: proven });
    this.reports.endedAgain(execution, proven);
    const { executionId } = execution;
    this.logger.warn({ executionId, reason: ending.reason }, 'looked again: nothing is left');
  }
}

/** The end of something that had begun. */
export type EndedTree = ExecutionFile & { readonly tree: TreeRecord; readonly ending: ExecutionEnding };

export function isEndedTree(file: ExecutionFile): file is EndedTree {
  return file.tree !== null && file.ending !== null;
}

/** Whose end was recorded while somebody was still there. */
export function isUnproven(file: ExecutionFile): file is EndedTree {
  return isEndedTree(file) && file.ending.evidence.provenGoneAt === null;
}
