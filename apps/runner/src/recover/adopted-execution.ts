import { setTimeout as delay } from 'node:timers/promises';
import type {
  CancellationId,
  EndReason,
  ExecutionEnding,
  ExecutionIdentity,
  SignalEvidence,
  StopRequest,
} from '@necrocode/domain';
import type { RecordedTree, StopReport, TreeRecord } from '@necrocode/process-tree';
import { endingOf, signalEvidence } from '../execution/endings.js';
import type { ExecutionFile, ExecutionFiles, Resume } from '../execution/execution-file.js';
import type { Output } from '../execution/output.js';
import type { OutputFiles } from '../execution/output-files.js';
import type { Reports } from '../execution/reports.js';

/** How often it is looked whether the process it began with has ended, ms: nobody is told of the end of another's child. */
const LOOK_MS = 250;

/** Whoever a task left behind when it ended by itself gets the graceful signal and this long, ms. */
const LEFTOVER_GRACE_MS = 2_000;

/** How long the report of an end waits for the last of the output, ms. */
const OUTPUT_STORED_MS = 500;

export type AdoptableFile = ExecutionFile & { readonly tree: TreeRecord; readonly resume: Resume };

export interface AdoptedParts {
  readonly files: Pick<ExecutionFiles, 'write'>;
  readonly reports: Pick<Reports, 'signalled' | 'frozen' | 'thawed' | 'survived' | 'ended'>;
  readonly output: Output;
  readonly outputFiles: OutputFiles;
}

/** An execution that a predecessor started: in hand again, to be stopped and proven gone like any other. Its exit code is not to be had. */
export class AdoptedExecution {
  readonly execution: ExecutionIdentity;
  readonly ended: Promise<ExecutionEnding>;
  private readonly signals: SignalEvidence[] = [];
  private stopping: { readonly stop: StopRequest; readonly reason: EndReason } | undefined;
  private readonly holders = new Set<CancellationId>();
  private hasEnded = false;

  constructor(
    private readonly file: AdoptableFile,
    private readonly tree: RecordedTree,
    private readonly parts: AdoptedParts,
  ) {
    this.execution = file.execution;
    this.ended = this.watch();
  }

  stop(stop: StopRequest, reason: EndReason): void {
    if (this.hasEnded) return;
    this.stopping ??= { stop, reason };
    void this.signal(stop);
  }

  async freeze(cancellationId: CancellationId): Promise<'frozen' | 'moving' | 'refused'> {
    if (this.stopping || this.hasEnded) return 'refused';
    this.holders.add(cancellationId);
    const still = await this.tree.freeze();
    if (still) this.parts.reports.frozen(this.execution, cancellationId, this.tree.members().length);
    return still ? 'frozen' : 'moving';
  }

  thaw(cancellationId: CancellationId): void {
    this.holders.delete(cancellationId);
    if (this.holders.size > 0 || this.stopping || this.hasEnded) return;
    this.tree.thaw();
    this.parts.reports.thawed(this.execution, cancellationId);
  }

  private async watch(): Promise<ExecutionEnding> {
    const { file, execution, parts } = this;
    const over = new AbortController();
    const read = (['stdout', 'stderr'] as const).map((stream) =>
      parts.output.follow(stream, parts.outputFiles.follow(execution.executionId, stream, over.signal)),
    );
    const { timeout } = file.resume;
    const timer =
      timeout && setTimeout(() => this.stop(timeout.stop, 'timed-out'), Date.parse(timeout.dueAt) - Date.now());
    while (this.tree.isLed()) await delay(LOOK_MS);
    this.hasEnded = true;
    clearTimeout(timer ?? undefined);
    const { stopping } = this;
    let report: StopReport;
    // Each answer comes after a bounded time.
    do report = await this.tree.stop(stopping?.stop ?? { signal: 'SIGTERM', gracePeriodMs: LEFTOVER_GRACE_MS });
    while (report.provenGoneAt === null);
    const proof = endingOf(report, stopping?.reason ?? 'runner-restarted', stopping?.stop ?? null);
    const ending = { ...proof, started: true };
    over.abort();
    await Promise.all(read);
    await parts.output.stored(OUTPUT_STORED_MS);
    parts.outputFiles.remove(execution.executionId);
    parts.files.write({ ...file, stop: stopping?.stop ?? null, ending });
    parts.reports.ended(execution, ending);
    return ending;
  }

  private async signal({ signal, gracePeriodMs, force, signalTo }: StopRequest): Promise<void> {
    const report = await this.tree.stop({
      signal,
      gracePeriodMs,
      force,
      mode: signalTo,
      onSignal: (sent) => {
        const evidence = signalEvidence(sent);
        if (!evidence) return;
        this.signals.push(evidence);
        this.parts.files.write({ ...this.file, stop: this.stopping?.stop ?? null, signals: this.signals });
        this.parts.reports.signalled(this.execution, evidence);
      },
    });
    if (report.survivors.length > 0) this.parts.reports.survived(this.execution, report.survivors.length);
  }
}
