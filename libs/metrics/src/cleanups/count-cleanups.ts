import type { CleanupEvent } from '@necrocode/domain';
import type { Metrics } from '../define/metrics.js';

const KINDS = ['job', 'tasks', 'slot'] as const;

/** The stream of a cleanup is named by the id of what it is for. */
const KIND_BY_PREFIX: Readonly<Partial<Record<string, (typeof KINDS)[number]>>> = {
  job: 'job',
  can: 'tasks',
  exe: 'slot',
};

/** Counts cleanups by the events of their streams. */
export function countCleanups(metrics: Metrics) {
  const failures = metrics.counter({
    name: 'necrocode_cleanup_failures_total',
    help: 'Attempts at a cleanup that failed; they are tried again',
    labels: { kind: KINDS },
  });
  const completed = metrics.counter({
    name: 'necrocode_cleanups_completed_total',
    help: 'Cleanups done: of a job, of some of its tasks, of a slot',
    labels: { kind: KINDS },
  });
  const freed = metrics.counter({ name: 'necrocode_cleanup_freed_bytes_total', help: 'Bytes that cleanups removed' });
  const leftFiles = metrics.counter({
    name: 'necrocode_cleanup_left_files_total',
    help: 'Files that should be gone and are not',
  });
  return (streamId: string, event: CleanupEvent): void => {
    const kind = KIND_BY_PREFIX[/^cleanup-([a-z]+)_/.exec(streamId)?.[1] ?? ''];
    switch (event.type) {
      case 'CleanupFailed':
        if (kind) failures({ kind });
        break;
      case 'CleanupCompleted':
        completed({ kind: event.kind });
        freed({}, event.report.bytesFreed - (event.bytesFreedBefore ?? 0));
        leftFiles({}, event.report.leftFiles);
        break;
      case 'SlotProvenClean':
        completed({ kind: 'slot' });
        break;
      case 'CleanupRequested':
      case 'CleanupReopened':
        break;
      default:
        event satisfies never;
    }
  };
}
