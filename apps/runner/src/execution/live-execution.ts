import type { StartRequest } from '@necrocode/contracts';
import type { CancellationId, EndReason, ExecutionEnding, ExecutionIdentity, StopRequest } from '@necrocode/domain';
import { type Containment, ProcessTreeError, type ProcessTree, spawnTree } from '@necrocode/process-tree';
import { CodedError, type Logger } from '@necrocode/service-kit/process';
import type { HandlerModule } from '../functions/handler-module.js';
import { withOutcome } from '../functions/outcome-of.js';
import { type Work, workOf } from '../functions/work-of.js';
import type { ExecutionHold } from '../hold/execution-hold.js';
import { PausableTimer } from '../hold/pausable-timer.js';
import { StandStill } from '../hold/stand-still.js';
import type { Place } from '../workspace/place.js';
import type { RestoreWorkspace } from '../workspace/restore-workspace.js';
import { EndInHand } from './end-in-hand.js';
import { endingWithoutTree } from './endings.js';
import { type ExecutionFiles, resumeOf } from './execution-file.js';
import { FileInHand } from './file-in-hand.js';
import { MARKER } from './marks.js';
import { OutputInHand } from './output-in-hand.js';
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

/** One execution on this runner, from its start to the proof of its end. */
export class LiveExecution {
  readonly execution: ExecutionIdentity;
  /** Settles with the ending, once nothing is left and it has been reported. Never rejects. */
  readonly ended: Promise<ExecutionEnding>;
  private readonly file: FileInHand;
  private readonly output: OutputInHand;
  private readonly end: EndInHand;
  private readonly still: StandStill;

  constructor(private readonly parts: ExecutionParts) {
    const { request, files, reports, output, outputFiles, hold, logger } = parts;
    const { execution } = request;
    this.execution = execution;
    this.file = new FileInHand({ execution, stop: null, tree: null, ending: null }, files);
    this.output = new OutputInHand(execution.executionId, output, outputFiles);
    this.end = new EndInHand({ file: this.file, reports, output: this.output, logger });
    this.still = new StandStill(hold, this.file, reports);
    this.ended = this.run();
  }

  /** Ends it: at once when it runs, else before it starts. Again: only ever sooner. */
  stop(stop: StopRequest, reason: EndReason): void {
    this.still.letGo();
    this.end.ask(stop, reason);
  }

  /** Stands still, also when it starts only later, for as long as the cancellation holds it. */
  freeze(cancellationId: CancellationId): ReturnType<StandStill['freeze']> {
    return this.still.freeze(cancellationId);
  }

  thaw(cancellationId: CancellationId): void {
    this.still.thaw(cancellationId);
  }

  private async run(): Promise<ExecutionEnding> {
    return this.end.close(await this.live().catch((error: unknown) => this.failure(error)));
  }

  private async live(): Promise<ExecutionEnding> {
    const { request, place, reports, logger } = this.parts;
    const { execution } = this;
    this.file.change({});
    if (request.restore) await this.parts.restorer.restore(execution.jobId, request.restore);
    await place.prepare();
    const work = workOf(request, place, this.parts.handlers);
    const tree = await this.spawn(work);
    if (!tree.released) return this.end.endingOf(await tree.gone, 'exited');
    const { means, pid } = tree.record;
    reports.started(execution, tree.record, request.traceparent);
    logger.info({ executionId: execution.executionId, containment: means, pid }, 'execution started');
    this.end.reach(tree);
    const timeout = this.armTimeout(request);
    this.still.begin(tree, timeout);
    await tree.exited;
    this.still.letGo();
    timeout?.end();
    const report = await this.end.provenGone(tree, request.onTimeout);
    await tree.outputEnded;
    const ending = this.end.endingOf(report, 'exited');
    return work.outcomeFile === null ? ending : withOutcome(ending, work.outcomeFile);
  }

  private spawn({ command, env }: Work): Promise<ProcessTree> {
    const { request, place, containment, outputFiles } = this.parts;
    const { executionId } = this.execution;
    const written = outputFiles?.open(executionId);
    return spawnTree({
      name: executionId,
      command,
      cwd: place.workingDirectory,
      env: { ...taskEnvironment(request, place, process.env), ...env },
      marker: { name: MARKER, value: executionId },
      containment,
      ...(written ? { stdout: written.stdout, stderr: written.stderr } : {}),
      beforeRelease: (held) => this.mayRun(held),
    }).finally(() => written?.close());
  }

  /** The last look: a stop, or a silence, that came while the tree was being built means that nothing of it ever runs. */
  private async mayRun(held: ProcessTree): Promise<boolean> {
    this.file.change({ stop: this.end.stop, tree: held.record });
    this.output.follow(held);
    await this.still.untilItMayRun();
    if (!this.parts.hasContact() || this.end.isAsked) return false;
    // Only what runs can be adopted, and its time begins now.
    if (this.parts.outputFiles) this.file.change({ resume: resumeOf(this.parts.request) });
    return true;
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
    const more = { error: { code, message }, ...(this.end.stop ? { stop: this.end.stop } : {}) };
    return endingWithoutTree(this.end.reasonOr('start-failed'), containment.means, new Date().toISOString(), more);
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
