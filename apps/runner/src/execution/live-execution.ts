import type { StartRequest } from '@necrocode/contracts';
import type {
  CancellationId,
  EndReason,
  ExecutionEnding,
  ExecutionIdentity,
  SignalEvidence,
  StopRequest,
} from '@necrocode/domain';
import {
  type Containment,
  ProcessTreeError,
  type ProcessTree,
  spawnTree,
  type StopReport,
} from '@necrocode/process-tree';
import { CodedError, type Logger } from '@necrocode/service-kit/process';
import type { HandlerModule } from '../functions/handler-module.js';
import { withOutcome } from '../functions/outcome-of.js';
import { workOf } from '../functions/work-of.js';
import type { ExecutionHold } from '../hold/execution-hold.js';
import { PausableTimer } from '../hold/pausable-timer.js';
import type { Place } from '../workspace/place.js';
import type { RestoreWorkspace } from '../workspace/restore-workspace.js';
import { endingOf, endingWithoutTree, signalEvidence } from './endings.js';
import { type ExecutionFiles, resumeOf } from './execution-file.js';
import { MARKER } from './marks.js';
import type { Output } from './output.js';
import type { OutputFiles } from './output-files.js';
import type { Reports } from './reports.js';
import { taskEnvironment } from './task-environment.js';

export interface ExecutionParts {
  readonly request: StartRequest;
  readonly place: Place;
  readonly restorer: RestoreWorkspace;
  readonly containment: Containment;
  readonly handlers: HandlerModule | null;
  readonly files: ExecutionFiles;
  readonly reports: Reports;
  readonly output: Output;
  /** Where its output goes so that it can outlive this agent; null: into pipes, and it ends with the agent. */
  readonly outputFiles: OutputFiles | null;
  readonly hold: ExecutionHold;
  readonly hasContact: () => boolean;
  readonly logger: Logger;
}

/** Whoever a task left behind when it ended by itself gets the graceful signal and this long, ms. */
const LEFTOVER_GRACE_MS = 2_000;

/** How long the report of a signal waits for the end that it may bring, ms. */
const SIGNAL_REPORTED_AFTER_MS = 10;

/** How long the report of an end waits for the last of the output, ms: a broker that is away must not hide a death. */
const OUTPUT_STORED_MS = 500;

/** How often what stands still is looked at for who moves, ms. */
const REFREEZE_MS = 500;

/** One execution on this runner, from its start to the proof of its end. */
export class LiveExecution {
  readonly execution: ExecutionIdentity;
  /** Settles with the ending, once nothing is left and it has been reported. Never rejects. */
  readonly ended: Promise<ExecutionEnding>;
  private tree: ProcessTree | undefined;
  /** The tree, once its start has been reported: a signal is never reported before the start. */
  private running: ProcessTree | undefined;
  private stopping: { readonly stop: StopRequest; readonly reason: EndReason } | undefined;
  private readonly signals: SignalEvidence[] = [];
  private readonly unreported = new Set<NodeJS.Timeout>();
  private exited = false;
  private timeout: PausableTimer | undefined;
  /** Freezes again whoever has come or been moved since. */
  private refreezing: NodeJS.Timeout | undefined;
  private toldFrozen = false;
  private mayRun = deferred();

  constructor(private readonly parts: ExecutionParts) {
    this.execution = parts.request.execution;
    this.ended = this.run();
  }

  get hasExited(): boolean {
    return this.exited;
  }

  /** Ends it: at once when it runs, else before it starts. Again: only ever sooner. */
  stop(stop: StopRequest, reason: EndReason): void {
    const first = this.stopping === undefined;
    if (first && !this.exited) this.stopping = { stop, reason };
    clearInterval(this.refreezing);
    this.mayRun.resolve();
    if (this.running) void this.signal(this.running, stop);
  }

  /** Stands still, also when it starts only later, for as long as the cancellation holds it. */
  async freeze(cancellationId: CancellationId): Promise<'frozen' | 'moving' | 'marked' | 'refused'> {
    if (this.stopping || this.exited || !this.parts.hold.take(cancellationId)) return 'refused';
    if (!this.running) return 'marked';
    return (await this.standStill(this.running, cancellationId)) ? 'frozen' : 'moving';
  }

  /** Goes on, unless another cancellation holds it. Repeating it is harmless. */
  thaw(cancellationId: CancellationId): void {
    const { hold, reports } = this.parts;
    const wasHeld = hold.isHeld;
    hold.release(cancellationId);
    if (hold.isHeld || !wasHeld) return;
    clearInterval(this.refreezing);
    this.mayRun.resolve();
    if (!this.running || this.stopping) return;
    this.running.thaw();
    this.timeout?.resume();
    this.toldFrozen = false;
    reports.thawed(this.execution, cancellationId);
  }

  private async standStill(tree: ProcessTree, cancellationId: CancellationId): Promise<boolean> {
    this.timeout?.pause(); // What stands still uses none of its time.
    clearInterval(this.refreezing);
    this.refreezing = setInterval(() => void tree.freeze(), REFREEZE_MS);
    const still = await tree.freeze();
    if (still && !this.stopping && !this.toldFrozen) {
      this.toldFrozen = true;
      this.parts.reports.frozen(this.execution, cancellationId, tree.members().length);
    }
    return still;
  }

  /** Held before its first instruction. */
  private async untilItMayRun(): Promise<void> {
    while (this.parts.hold.isHeld && !this.stopping) {
      this.mayRun = deferred();
      await this.mayRun.promise;
    }
  }

  private async run(): Promise<ExecutionEnding> {
    const { files, reports, logger } = this.parts;
    const { execution } = this;
    const ending = await this.live().catch((error: unknown) => this.failure(error));
    const stop = this.stopping?.stop ?? null;
    files.write({ execution, stop, tree: this.tree?.record ?? null, ending });
    for (const timer of this.unreported) clearTimeout(timer);
    reports.ended(execution, ending);
    const { reason, exit, evidence } = ending;
    logger.info(
      { executionId: execution.executionId, reason, exit, forced: evidence.forced, survivors: evidence.survivors },
      'execution ended',
    );
    return ending;
  }

  private async live(): Promise<ExecutionEnding> {
    const { request, place, containment, files, reports, output, outputFiles, logger } = this.parts;
    const { execution } = this;
    const { executionId } = execution;
    files.write({ execution, stop: null, tree: null, ending: null });
    if (request.restore) await this.parts.restorer.restore(execution.jobId, request.restore);
    await place.prepare();
    const work = workOf(request, place, this.parts.handlers);
    const written = outputFiles?.open(executionId);
    const over = new AbortController();
    const read: Promise<void>[] = [];
    const tree = await spawnTree({
      name: executionId,
      command: work.command,
      cwd: place.workingDirectory,
      env: { ...taskEnvironment(request, place, process.env), ...work.env },
      marker: { name: MARKER, value: executionId },
      containment,
      ...(written ? { stdout: written.stdout, stderr: written.stderr } : {}),
      // The last look: a stop, or a silence, that came while the tree was being built means that nothing of it ever runs.
      beforeRelease: async (held) => {
        this.tree = held;
        const resume = outputFiles ? { resume: resumeOf(request) } : {};
        files.write({ execution, stop: this.stopping?.stop ?? null, ...resume, tree: held.record, ending: null });
        for (const stream of ['stdout', 'stderr'] as const)
          read.push(output.follow(stream, outputFiles?.follow(executionId, stream, over.signal) ?? held[stream]));
        await this.untilItMayRun();
        return this.parts.hasContact() && this.stopping === undefined;
      },
    }).finally(() => written?.close());
    if (!tree.released) return this.provenEnding(await tree.gone);
    reports.started(execution, tree.record, request.traceparent);
    logger.info({ executionId, containment: tree.record.means, pid: tree.record.pid }, 'execution started');
    this.running = tree;
    // A stop that came between the last look and here.
    if (this.stopping) void this.signal(tree, this.stopping.stop);
    this.timeout = this.armTimeout(request);
    const [holder] = this.parts.hold.holderIds;
    if (holder !== undefined && !this.stopping) void this.standStill(tree, holder);
    await tree.exited;
    this.exited = true;
    clearInterval(this.refreezing);
    this.timeout?.end();
    const report = this.stopping ? await tree.gone : await this.endLeftovers(tree);
    await tree.outputEnded;
    over.abort();
    if (outputFiles) await Promise.all(read);
    await output.stored(OUTPUT_STORED_MS);
    outputFiles?.remove(executionId);
    const ending = this.provenEnding(report);
    return work.outcomeFile === null ? ending : withOutcome(ending, work.outcomeFile);
  }

  private provenEnding(report: StopReport): ExecutionEnding {
    return endingOf(report, this.stopping?.reason ?? 'exited', this.stopping?.stop ?? null);
  }

  /** The leader has ended by itself; nothing it left behind may outlive the task. */
  private endLeftovers(tree: ProcessTree): Promise<StopReport> {
    const { signal, gracePeriodMs } = this.parts.request.onTimeout;
    void tree.stop({ signal, gracePeriodMs: Math.min(gracePeriodMs, LEFTOVER_GRACE_MS) });
    return tree.gone;
  }

  private async signal(tree: ProcessTree, { signal, gracePeriodMs, force, signalTo }: StopRequest): Promise<void> {
    const report = await tree.stop({
      signal,
      gracePeriodMs,
      force,
      mode: signalTo,
      onSignal: (sent) => {
        const evidence = signalEvidence(sent);
        if (!evidence) return;
        this.remember(tree, evidence);
        this.reportSoon(() => this.parts.reports.signalled(this.execution, evidence));
      },
    });
    if (report.survivors.length > 0) {
      const { executionId } = this.execution;
      this.parts.logger.error(
        { executionId, survivors: report.survivors.length, obstacle: report.obstacle },
        'processes survive SIGKILL',
      );
      this.parts.reports.survived(this.execution, report.survivors.length);
    }
  }

  /** Should this agent die before the end: its successor knows who asked, and what has been sent. */
  private remember({ record }: ProcessTree, evidence: SignalEvidence): void {
    // Each request that joined a stop is told of each signal.
    if (this.signals.some(({ signal, at }) => signal === evidence.signal && at === evidence.at)) return;
    this.signals.push(evidence);
    const { execution, signals } = this;
    this.parts.files.write({ execution, stop: this.stopping?.stop ?? null, signals, tree: record, ending: null });
  }

  /** Unless the end comes first, whose report has all signals: most processes that help are gone by then. */
  private reportSoon(report: () => void): void {
    const timer = setTimeout(() => {
      this.unreported.delete(timer);
      report();
    }, SIGNAL_REPORTED_AFTER_MS);
    this.unreported.add(timer);
  }

  private armTimeout({ timeoutMs, onTimeout }: StartRequest): PausableTimer | undefined {
    return timeoutMs === null ? undefined : new PausableTimer(timeoutMs, () => this.stop(onTimeout, 'timed-out'));
  }

  private failure(error: unknown): ExecutionEnding {
    const { containment, logger } = this.parts;
    const { executionId } = this.execution;
    const coded = codeOf(error);
    const code = coded ?? 'start-failed';
    const message = error instanceof Error ? error.message : 'the command could not be started';
    if (coded) logger.info({ executionId, code }, 'the command could not be started');
    else logger.error({ err: error, executionId }, 'starting failed');
    const more = { error: { code, message }, ...(this.stopping ? { stop: this.stopping.stop } : {}) };
    const reason = this.stopping?.reason ?? 'start-failed';
    return endingWithoutTree(reason, containment.means, new Date().toISOString(), more);
  }
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof CodedError) return error.code;
  return error instanceof ProcessTreeError ? START_ERRORS[error.code] : undefined;
}

/** Codes of the catalog for what can be wrong with a start. */
const START_ERRORS: Readonly<Partial<Record<string, string>>> = {
  'command-empty': 'command-not-found',
  'command-not-found': 'command-not-found',
  'command-not-executable': 'command-not-executable',
  'cwd-missing': 'working-directory-missing',
};

/** Promise.withResolvers, which Node 20 does not have. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
