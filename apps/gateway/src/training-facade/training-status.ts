import type { TrainingStatus } from '@necrocode/contracts';
import type { Job } from '@necrocode/domain';

/** A job in the training server's words, which has none for back-off or for being cancelled. */
export function trainingStatus({ status, startedAt }: Pick<Job, 'status' | 'startedAt'>): TrainingStatus {
  switch (status) {
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'queued':
      return status;
    case 'retrying':
      return 'pending';
    case 'running':
      return startedAt === null ? 'pending' : 'running';
    case 'cancelling':
      return startedAt === null ? 'queued' : 'running';
    default:
      return status satisfies never;
  }
}
