import { setTimeout as delay } from 'node:timers/promises';
import type { CancellationId, EndReason, ExecutionEnding, ExecutionIdentity, StopRequest } from '@necrocode/domain';
import type { RecordedTree, TreeRecord } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import { EndInHand } from '../execution/end-in-hand.js';
import { type ExecutionFile, type ExecutionFiles, leftMsOf, type Resume } from '../execution/execution-file.js';
import { FileInHand } from '../execution/file-in-hand.js';
import type { OutputInHand } from '../execution/output-in-hand.js';
import type { Reports } from '../execution/reports.js';
import { ExecutionHold } from '../hold/execution-hold.js';
import { PausableTimer } from '../hold/pausable-timer.js';
import { StandStill } from '../hold/stand-still.js';

/** How often it is looked whether the process it began with has ended, ms: nobody is told of the end of another's child. */
const LOOK_MS = 250;

export type AdoptableFile = ExecutionFile & { readonly tree: TreeRecord; readonly resume: Resume };

export interface AdoptedParts {
  readonly files: Pick<ExecutionFiles, 'write'>;
  readonly reports: Pick<Reports, 'signalled' | 'frozen' | 'thawed' | 'survived' | 'ended'>;
  readonly output: Pick<OutputInHand, 'follow' | 'end'>;
  readonly logger: Logger;
}

/** An execution that a predecessor started: in hand again, to be stopped and proven gone like any other. Its exit code is not to be had. */
export class AdoptedExecution {
  readonly execution: ExecutionIdentity;
  readonly ended: Promise<ExecutionEnding>;
  private readonly end: EndInHand;
  private readonly still: StandStill;

  constructor(
    { execution, resume, ...rest }: AdoptableFile,
    private readonly tree: RecordedTree,
    { files, reports, output, logger }: AdoptedParts,
  ) {
    const file = new FileInHand({ execution, resume, ...rest }, files);
    const hold = new ExecutionHold();
    for (const cancellationId of resume.held?.by ?? []) hold.take(cancellationId);
    this.execution = execution;
    this.end = new EndInHand({ file, reports, output, logger });
    this.still = new StandStill(hold, file, reports);
    output.follow();
    this.ended = this.watch(resume);
  }

  stop(stop: StopRequest, reason: EndReason): void {
    this.still.letGo();
    this.end.ask(stop, reason);
  }

  freeze(cancellationId: CancellationId): ReturnType<StandStill['freeze']> {
    return this.still.freeze(cancellationId);
  }

  thaw(cancellationId: CancellationId): void {
    this.still.thaw(cancellationId);
  }

  private async watch(resume: Resume): Promise<ExecutionEnding> {
    const { timeout } = resume;
    const leftMs = leftMsOf(resume, Date.now());
    const timer =
      timeout && leftMs !== null ? new PausableTimer(leftMs, () => this.stop(timeout.stop, 'timed-out')) : undefined;
    this.end.reach(this.tree);
    this.still.begin(this.tree, timer);
    while (this.tree.isLed()) await delay(LOOK_MS);
    this.still.letGo();
    timer?.end();
    const report = await this.end.provenGone(this.tree, timeout?.stop);
    return this.end.close(this.end.endingOf(report, 'runner-restarted'));
  }
}
