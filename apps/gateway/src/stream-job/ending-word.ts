import type { Job } from '@necrocode/domain';

/** The last message of a job's stream; null while the job goes on. */
export function endingWord({ status, error }: Pick<Job, 'status' | 'error'>): string | null {
  switch (status) {
    case 'completed':
      return '[DONE]';
    case 'failed':
      return `[ERROR] ${error?.message ?? 'the job failed'}`;
    case 'cancelled':
      return '[CANCELLED]';
    case 'queued':
    case 'running':
    case 'retrying':
    case 'cancelling':
      return null;
    default:
      return status satisfies never;
  }
}
