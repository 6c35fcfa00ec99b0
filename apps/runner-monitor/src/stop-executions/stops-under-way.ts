import type { ExecutionId } from '@necrocode/domain';

/** Stops whose signal is out while their record is still being written, in this process. */
export class StopsUnderWay {
  private readonly writes = new Map<ExecutionId, Promise<unknown>>();

  /** Remembers the write until it has settled. */
  add(executionIds: readonly ExecutionId[], write: Promise<unknown>): void {
    const settled = write.then(
      () => undefined,
      () => undefined,
    );
    for (const executionId of executionIds) {
      this.writes.set(executionId, settled);
      void settled.then(() => {
        if (this.writes.get(executionId) === settled) this.writes.delete(executionId);
      });
    }
  }

  /** Resolves when no stop of this execution is being written, whatever came of it. */
  async recorded(executionId: ExecutionId): Promise<void> {
    await this.writes.get(executionId);
  }
}
