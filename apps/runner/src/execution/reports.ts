import { randomUUID } from 'node:crypto';
import type { ExecutionReport } from '@necrocode/contracts';
import type {
  CancellationId,
  ExecutionEnding,
  ExecutionId,
  ExecutionIdentity,
  ExecutionOrphan,
  RunnerId,
  SignalEvidence,
} from '@necrocode/domain';
import type { RunnerPublisher } from '@necrocode/messaging';
import type { TreeRecord } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';

/** What the agent says of executions. A report is kept and repeated until it is stored, in order per execution. */
export class Reports {
  /** The traces that executions were started in; what an earlier agent started has none any more. */
  readonly #startedIn = new Map<string, string>();

  /** Endings that are not stored yet. */
  readonly #untold = new Map<ExecutionId, ExecutionIdentity>();

  constructor(
    private readonly publisher: RunnerPublisher,
    private readonly logger: Logger,
  ) {}

  /** @param traceparent what the start came with: every report of the execution is sent in that trace */
  started(execution: ExecutionIdentity, { means, pid, startedAt }: TreeRecord, traceparent?: string): void {
    if (traceparent !== undefined) this.#startedIn.set(execution.executionId, traceparent);
    void this.publish(`${execution.executionId}-started`, {
      kind: 'started',
      execution,
      containment: means,
      pid,
      at: startedAt,
    });
  }

  signalled(execution: ExecutionIdentity, evidence: SignalEvidence): void {
    const id = `${execution.executionId}-${evidence.signal}-${evidence.at}`;
    void this.publish(id, { kind: 'signalled', execution, evidence, at: evidence.at });
  }

  /** Once for each hold, however often it is frozen again. */
  frozen(execution: ExecutionIdentity, cancellationId: CancellationId, processes: number): void {
    const id = `${execution.executionId}-frozen-${cancellationId}`;
    void this.publish(id, { kind: 'frozen', execution, cancellationId, processes, at: new Date().toISOString() });
  }

  thawed(execution: ExecutionIdentity, cancellationId: CancellationId): void {
    const id = `${execution.executionId}-thawed-${cancellationId}`;
    void this.publish(id, { kind: 'thawed', execution, cancellationId, at: new Date().toISOString() });
  }

  survived(execution: ExecutionIdentity, survivors: number): void {
    const at = new Date().toISOString();
    void this.publish(`${execution.executionId}-survived`, { kind: 'survived', execution, survivors, at });
  }

  /** The execution, if its end is on its way to the store. */
  untold(executionId: ExecutionId): ExecutionIdentity | null {
    return this.#untold.get(executionId) ?? null;
  }

  /** Each under an id of its own: the same execution may leave something more than once. */
  orphan(kind: 'orphan-found' | 'orphan-ended', runnerId: RunnerId, orphan: ExecutionOrphan, processes: number): void {
    const { executionId } = orphan;
    const at = new Date().toISOString();
    const id = `${executionId}-${kind}-${randomUUID()}`;
    void this.publish(id, { kind, execution: { executionId, runnerId }, orphan, processes, at });
  }

  ended(execution: ExecutionIdentity, ending: ExecutionEnding): void {
    this.publishEnding(`${execution.executionId}-ended`, execution, ending);
    this.#startedIn.delete(execution.executionId);
  }

  /** For whoever asks again: under a new id, or the stream would take it for the report it has seen. */
  endedAgain(execution: ExecutionIdentity, ending: ExecutionEnding): void {
    this.publishEnding(`${execution.executionId}-ended-${randomUUID()}`, execution, ending);
  }

  private publishEnding(id: string, execution: ExecutionIdentity, ending: ExecutionEnding): void {
    const { executionId } = execution;
    this.#untold.set(executionId, execution);
    void this.publish(id, this.ending(execution, ending)).then(() => this.#untold.delete(executionId));
  }

  private ending(execution: ExecutionIdentity, ending: ExecutionEnding): ExecutionReport {
    return {
      kind: 'ended',
      execution,
      ending: mutable(ending),
      at: ending.evidence.provenGoneAt ?? new Date().toISOString(),
    };
  }

  /** Resolves when it is stored or given up. */
  private publish(id: string, body: ExecutionReport): Promise<void> {
    const { runnerId, executionId } = body.execution;
    const traceparent = this.#startedIn.get(executionId);
    const traced = traceparent === undefined ? {} : { traceparent };
    return this.publisher
      .publishReport({ runnerId, executionId, kind: body.kind, id, body, ...traced })
      .catch((error: unknown) => {
        this.logger.error(
          { err: error, executionId, kind: body.kind },
          'a report was not stored; a repeated stop brings it again',
        );
      });
  }
}

/** The wire type has mutable arrays; the value is only serialised. */
function mutable(ending: ExecutionEnding) {
  return { ...ending, evidence: { ...ending.evidence, signals: [...ending.evidence.signals] } };
}
