import { describe, expect, it } from '@jest/globals';
import type { CleanupEvent, JobId } from '@necrocode/domain';
import { Metrics } from '../define/metrics.js';
import { countCleanups } from './count-cleanups.js';

const at = '2026-01-01T00:00:00.000Z';
const jobId = 'job_1' as JobId;

const completed = (bytesFreed: number, before?: number): CleanupEvent => ({
  type: 'CleanupCompleted',
  jobId,
  kind: 'job',
  report: { artifacts: [], filesRemoved: 1, bytesFreed, leftFiles: 0 },
  ...(before === undefined ? {} : { bytesFreedBefore: before }),
  at,
});

describe('a cleanup that was reopened', () => {
  it('counts each byte once, though its report tells of all that was done', async () => {
    const metrics = new Metrics();
    const count = countCleanups(metrics);
    for (const event of [completed(1_000), completed(1_024, 1_000)]) count(`cleanup-${jobId}`, event);
    const lines = (await metrics.exposition()).split('\n');
    expect(lines).toContain('necrocode_cleanup_freed_bytes_total 1024');
    expect(lines).toContain('necrocode_cleanups_completed_total{kind="job"} 2');
  });
});
