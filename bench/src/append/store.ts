/** What every store is asked to keep: an event of a size as the product writes them, some 330 bytes of JSON. */
export interface BenchEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: { readonly actor: string; readonly correlationId: string; readonly traceparent: string };
}

/** One store in the comparison. All use at most ten connections. */
export interface BenchStore {
  readonly name: string;
  /** Appends to a stream known to be at this version, which the store must check. */
  append(streamId: string, expectedVersion: number, events: readonly BenchEvent[]): Promise<void>;
  /** @returns how many events it read, decoded */
  readStream(streamId: string): Promise<number>;
  /** Reads every event in the total order, `page` at a time; undefined where the store has no such read. */
  readAll: ((page: number) => Promise<number>) | undefined;
  close(): Promise<void>;
}

let made = 0;

export function benchEvent(): BenchEvent {
  made++;
  return {
    type: 'ExecutionStarted',
    data: {
      executionId: `exe_${made}`,
      jobId: `job_${made % 1000}`,
      attempt: 1,
      fencingToken: made,
      command: ['node', 'train.mjs', '--epochs', '50'],
      slots: [{ pool: 'gpu', number: made % 8 }],
      containment: 'cgroup2',
      startedAt: '2026-11-22T10:00:00.000Z',
    },
    metadata: {
      actor: 'service:runner-monitor',
      correlationId: `job_${made % 1000}`,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  };
}
