import type {
  CleanReply,
  CleanRequest,
  HoldReply,
  HoldRequest,
  InspectReply,
  InspectRequest,
  StartReply,
  StartRequest,
  StopRunnerReply,
  StopRunnerRequest,
} from '@necrocode/contracts';
import type { CancellationId, EndReason, ExecutionId, ExecutionIdentity, JobId, StopRequest } from '@necrocode/domain';
import { type Containment, listContainments, scanForMarkers } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import { endingWithoutTree } from '../execution/endings.js';
import type { ExecutionFiles } from '../execution/execution-file.js';
import type { HandlerModule } from '../functions/handler-module.js';
import { LiveExecution } from '../execution/live-execution.js';
import { MARKER } from '../execution/marks.js';
import { Output } from '../execution/output.js';
import type { OutputFiles } from '../execution/output-files.js';
import type { Reports } from '../execution/reports.js';
import { ExecutionsOnHold } from '../hold/executions-on-hold.js';
import { isEndedTree, isUnproven, type ProveLater } from '../recover/prove-later.js';
import type { CleanSlot } from '../slots/clean-slot.js';
import type { CleanWorkspace } from '../workspace/clean-workspace.js';
import { countEntries } from '../workspace/confined-tree.js';
import type { RestoreWorkspace } from '../workspace/restore-workspace.js';
import { pathExists, type RunnerHome } from '../workspace/place.js';
import type { RunnerPublisher } from '@necrocode/messaging';

export interface AgentParts {
  /** Looked at when it is asked for; where it is lost, everything here is being ended. */
  readonly hasContact: () => boolean;
  readonly capacity: number;
  readonly home: RunnerHome;
  readonly containment: Containment;
  readonly handlers: HandlerModule | null;
  readonly files: ExecutionFiles;
  readonly reports: Reports;
  /** null: executions end with their agent. */
  readonly outputFiles: OutputFiles | null;
  readonly publisher: RunnerPublisher;
  readonly workspaces: CleanWorkspace;
  readonly restorer: RestoreWorkspace;
  readonly slots: CleanSlot;
  readonly later: ProveLater;
  readonly logger: Logger;
}

/** Begun here, or taken over. */
export type InHand = Pick<LiveExecution, 'execution' | 'ended' | 'stop' | 'freeze' | 'thaw'>;

type HoldAnswer = HoldReply['answers'][number];
type StopAnswer = StopRunnerReply['answers'][number];

/** What a runner does when it is asked. Decides nothing: every request may come twice, late, or before the one it answers. */
export class Agent {
  private readonly live = new Map<ExecutionId, InHand>();
  private readonly holds = new ExecutionsOnHold();
  private readonly cleaning = new Map<string, Promise<CleanReply>>();
  private draining = false;

  constructor(private readonly parts: AgentParts) {}

  executionIds(): ExecutionId[] {
    return [...this.live.keys()];
  }

  jobIds(): ReadonlySet<JobId> {
    return new Set([...this.live.values()].map(({ execution }) => execution.jobId));
  }

  /**
   * No `await` before the execution is entered: a stop that comes next finds it.
   * @returns null: no answer, so that it is asked for again
   */
  start(request: StartRequest): StartReply | null {
    const { execution } = request;
    if (this.live.has(execution.executionId)) return { answer: 'accepted' };
    const known = this.parts.files.read(execution.executionId);
    if (known?.ending?.reason === 'stopped' && !known.ending.started)
      return { answer: 'refused', because: 'tombstone' };
    if (known?.refused) return { answer: 'refused', because: known.refused };
    if (known) {
      // It ran here and has ended. Who asks again has not heard how: the agent may have died between the record and its report.
      if (known.ending) this.parts.reports.endedAgain(execution, known.ending);
      return { answer: 'accepted' };
    }
    if (this.draining) return this.refuse(execution, 'draining');
    if (this.live.size >= this.parts.capacity) return this.refuse(execution, 'full');
    // It may have waited on the connection while this host stood still, and have been given to another runner since. A refusal
    // would give it back, and might come behind a second request for it that was accepted.
    if (!this.parts.hasContact()) return null;
    const { files, reports, publisher, containment, handlers, hasContact, home, restorer, outputFiles, logger } =
      this.parts;
    const output = new Output(publisher, execution, request.taskKey);
    const place = home.place(request);
    const hold = this.holds.of(execution.executionId);
    const started = new LiveExecution({
      request,
      place,
      restorer,
      containment,
      handlers,
      files,
      reports,
      output,
      outputFiles,
      hold,
      hasContact,
      logger,
    });
    this.keep(started);
    return { answer: 'accepted' };
  }

  /** Kept: whoever heard it gives the execution away, and another who asks a moment later must not have it begun. */
  private refuse(execution: ExecutionIdentity, because: 'full' | 'draining'): StartReply {
    this.parts.files.write({ execution, stop: null, tree: null, ending: null, refused: because });
    return { answer: 'refused', because };
  }

  /** Until it has ended. */
  keep(inHand: InHand): void {
    const { executionId } = inHand.execution;
    this.live.set(executionId, inHand);
    void inHand.ended.then(() => {
      this.live.delete(executionId);
      this.holds.forget(executionId);
    });
  }

  async freeze({ executions, cancellationId }: HoldRequest): Promise<HoldReply> {
    return { answers: await Promise.all(executions.map((execution) => this.freezeOne(execution, cancellationId))) };
  }

  private async freezeOne({ executionId }: ExecutionIdentity, cancellationId: CancellationId): Promise<HoldAnswer> {
    const live = this.live.get(executionId);
    if (live) return { executionId, answer: await live.freeze(cancellationId) };
    if (this.parts.files.read(executionId)?.ending) return { executionId, answer: 'ended' };
    const taken = this.holds.of(executionId).take(cancellationId);
    return { executionId, answer: taken ? 'marked' : 'refused' };
  }

  thaw({ executions, cancellationId }: HoldRequest): HoldReply {
    return {
      answers: executions.map(({ executionId }) => {
        const live = this.live.get(executionId);
        if (live) live.thaw(cancellationId);
        else this.holds.release(executionId, cancellationId);
        return { executionId, answer: 'thawed' };
      }),
    };
  }

  stop({ stops }: StopRunnerRequest): StopRunnerReply {
    return { answers: stops.map(({ execution, stop }) => this.stopOne(execution, stop)) };
  }

  private stopOne(execution: ExecutionIdentity, stop: StopRequest): StopAnswer {
    const { executionId } = execution;
    const live = this.live.get(executionId);
    if (live) {
      live.stop(stop, 'stopped');
      return { executionId, answer: 'signalled' };
    }
    const { files, reports, containment } = this.parts;
    const known = files.read(executionId);
    if (known?.ending) {
      // Whoever forces a stop of what has ended found the contrary, or needs the proof that is missing.
      if (isEndedTree(known) && (stop.force || isUnproven(known))) {
        this.parts.later.begin(known);
        return { executionId, answer: 'signalled' };
      }
      reports.endedAgain(execution, known.ending);
      return { executionId, answer: known.ending.started ? 'ended' : 'never-started' };
    }
    this.holds.forget(executionId);
    const ending = endingWithoutTree('stopped', containment.means, new Date().toISOString(), { stop });
    files.write({ execution, stop, tree: null, ending });
    reports.ended(execution, ending);
    return { executionId, answer: 'never-started' };
  }

  /** Ends everything here for a reason of the runner's own; resolves when nothing is left. */
  async endAll(stop: Omit<StopRequest, 'cancellationId'>, reason: EndReason): Promise<void> {
    await this.endSome(this.executionIds(), stop, reason);
  }

  async endSome(
    executionIds: readonly ExecutionId[],
    stop: Omit<StopRequest, 'cancellationId'>,
    reason: EndReason,
  ): Promise<void> {
    const ending = executionIds.flatMap((executionId) => this.live.get(executionId) ?? []);
    for (const live of ending) live.stop({ ...stop, cancellationId: null }, reason);
    await Promise.all(ending.map(({ ended }) => ended));
  }

  /** Takes no more starts. */
  drain(): void {
    this.draining = true;
  }

  /** Who asks again for what is being cleaned waits for the same answer. */
  clean(request: CleanRequest): Promise<CleanReply> {
    const key = JSON.stringify(request);
    const underWay = this.cleaning.get(key);
    if (underWay) return underWay;
    const cleaning = this.cleanNow(request).finally(() => this.cleaning.delete(key));
    this.cleaning.set(key, cleaning);
    return cleaning;
  }

  private async cleanNow(request: CleanRequest): Promise<CleanReply> {
    try {
      if (request.kind === 'slot') return { kind: 'slot', evidence: await this.parts.slots.clean(request.slot) };
      const busy = [...this.live.values()].some(({ execution }) => execution.jobId === request.jobId);
      if (busy && request.removeWorkspace) return failed('the job still runs here');
      const report = await this.parts.workspaces.clean(request);
      return { kind: 'workspace', report: { ...report, artifacts: [...report.artifacts] } };
    } catch (error) {
      this.parts.logger.warn({ err: error, kind: request.kind }, 'cleaning failed');
      return failed(error instanceof Error ? error.message : 'unknown reason');
    }
  }

  /** A fresh look at the world: the process table by mark, the kernel's containments, the files. */
  async inspect({ executionIds, jobId }: InspectRequest): Promise<InspectReply> {
    const contained = new Map(listContainments(this.parts.containment).map(({ name, processes }) => [name, processes]));
    const marked = scanForMarkers(
      MARKER,
      executionIds.map((value) => ({ value, record: this.parts.files.read(value)?.tree ?? null })),
    );
    const executions = executionIds.map((executionId) => {
      const own = marked.filter(({ value }) => value === executionId);
      const pids = new Set([...own, ...(contained.get(executionId) ?? [])].map(({ pid }) => pid));
      const inHand = this.live.get(executionId)?.execution ?? this.parts.reports.untold(executionId);
      return { executionId, survivors: pids.size, inHand };
    });
    const at = new Date().toISOString();
    if (jobId === null) return { executions, leftFiles: 0, at };
    const workspace = this.parts.home.workspace(jobId);
    const [leftFiles, hasWorkspace] = await Promise.all([countEntries(workspace), pathExists(workspace)]);
    return { executions, leftFiles, hasWorkspace, at: new Date().toISOString() };
  }
}

function failed(reason: string): CleanReply {
  return { kind: 'failed', error: { code: 'cleanup-failed', message: reason } };
}
