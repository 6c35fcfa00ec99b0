import { type ChainHead, findFault, type PositionedEvent } from '@necrocode/event-store';

const OVER: ReadonlySet<string> = new Set(['JobCompleted', 'JobFailed', 'JobCancelled']);

/** Reads the whole history once, as it grows, and notices what must never be in it. Shares no rule with the product but the hash. */
export class StoredHistory {
  readonly faults: string[] = [];
  /** Event ids by position, from 1. */
  readonly ids: string[] = [];
  private readonly seen = new Set<string>();
  private readonly heads = new Map<string, ChainHead>();
  private readonly leases = new Map<string, string>();
  private readonly blocked = new Map<string, Set<string>>();
  private readonly jobsOver = new Map<string, string>();
  private readonly certified = new Set<string>();
  private readonly signals = new Map<string, string[]>();

  get position(): bigint {
    return BigInt(this.ids.length);
  }

  /** Slots that are not free. */
  get leasedSlots(): readonly string[] {
    return [...this.leases].map(([slot, holder]) => `${slot} is held by ${holder}`);
  }

  take(event: PositionedEvent): void {
    this.checkPlace(event);
    this.checkMeaning(event);
  }

  private checkPlace(event: PositionedEvent): void {
    const { id, position, streamId, streamVersion } = event;
    if (position !== this.position + 1n) this.fault(`position ${position} follows ${this.position}`);
    if (this.seen.has(id)) this.fault(`event ${id} is stored twice`);
    const head = this.heads.get(streamId) ?? null;
    const fault = findFault(head, event);
    if (fault) this.fault(`${streamId}: the ${fault.broken} of version ${streamVersion} does not follow`);
    this.ids.push(id);
    this.seen.add(id);
    this.heads.set(streamId, event);
  }

  private checkMeaning({ type, streamId, data, metadata }: PositionedEvent): void {
    const jobId = metadata.correlationId;
    const fields = recordOf(data);
    if (OVER.has(type)) {
      const before = this.jobsOver.get(streamId);
      if (before !== undefined) this.fault(`${streamId}: ${type} after ${before}`);
      this.jobsOver.set(streamId, type);
    }
    if (type === 'SlotLeased') {
      const slot = `${streamId}/${String(fields['slotId'])}`;
      const holder = this.leases.get(slot);
      if (holder !== undefined) this.fault(`${slot} is leased while ${holder} holds it`);
      this.leases.set(slot, String(recordOf(fields['holder'])['executionId']));
    }
    if (type === 'SlotFreed') this.leases.delete(`${streamId}/${String(fields['slotId'])}`);
    if (type === 'DispatchBlocked') this.block(streamId, fields['taskIds']);
    if (type === 'TaskAssigned' && this.blocked.get(streamId)?.has(String(fields['taskId']))) {
      this.fault(`${streamId}: ${String(fields['taskId'])} is assigned after its dispatch was blocked`);
    }
    if (type === 'ExecutionSignalled' || type === 'ExecutionForceKilled') {
      const executionId = String(fields['executionId']);
      this.signals.set(executionId, [...(this.signals.get(executionId) ?? []), signalOf(fields['evidence'])]);
    }
    if (type === 'CancellationCompleted') this.checkCertificate(recordOf(fields['certificate']));
    if (type === 'CancellationCompleted' && recordOf(recordOf(fields['certificate'])['target'])['kind'] === 'job') {
      this.certified.add(jobId);
    }
    if (type === 'ExecutionStarted' && this.certified.has(jobId))
      this.fault(`${jobId}: ${streamId} starts after the certificate`);
  }

  /** Whatever the history says was signalled stands on the certificate. */
  private checkCertificate({ cancellationId, executions }: Readonly<Record<string, unknown>>): void {
    for (const each of Array.isArray(executions) ? executions : []) {
      const { executionId, signals } = recordOf(each);
      const certified = new Set((Array.isArray(signals) ? signals : []).map(signalOf));
      const missing = (this.signals.get(String(executionId)) ?? []).filter((signal) => !certified.has(signal));
      if (missing.length > 0) this.fault(`${String(cancellationId)}: its certificate lacks ${missing.join(', ')}`);
    }
  }

  private block(streamId: string, taskIds: unknown): void {
    const blocked = this.blocked.get(streamId) ?? new Set();
    for (const taskId of Array.isArray(taskIds) ? taskIds : []) blocked.add(String(taskId));
    this.blocked.set(streamId, blocked);
  }

  private fault(text: string): void {
    this.faults.push(text);
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function signalOf(evidence: unknown): string {
  const { signal, at } = recordOf(evidence);
  return `${String(signal)} at ${String(at)}`;
}
