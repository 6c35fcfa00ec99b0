/**
 * An event of the store with its position, as its CloudEvent carries it. The same shape as `PositionedEvent` of the event store port, stated
 * here because a contract may not import a port; libs/messaging asserts that the two fit.
 */
export interface EventRecord {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
  readonly metadata: {
    readonly actor: string;
    readonly correlationId: string;
    readonly causationId?: string;
    readonly traceparent?: string;
  };
  readonly streamId: string;
  readonly streamVersion: number;
  /** RFC 3339 */
  readonly recordedAt: string;
  readonly hash: string;
  readonly previousHash: string | null;
  readonly position: bigint;
}
