import { z } from 'zod';

/** The training server's words for how a job stands. */
export const trainingStatus = z.enum(['queued', 'pending', 'running', 'completed', 'failed', 'cancelled']);

/** `POST /api/training/cancel/{job_id}` */
export const trainingCancelled = z
  .object({
    success: z.boolean(),
    job_id: z.string(),
    previous_status: trainingStatus,
    message: z.string(),
  })
  .meta({ id: 'TrainingCancelled' });

export const trainingJob = z
  .object({
    job_id: z.string(),
    name: z.string(),
    status: trainingStatus,
    priority: z.int(),
    created_at: z.string(),
    started_at: z.string().nullable(),
  })
  .meta({ id: 'TrainingJob' });

/** `GET /api/training/queue`; both lists have at most 200 jobs. */
export const trainingQueue = z
  .object({
    /** Jobs that wait, also beyond the list. */
    queue_length: z.int().min(0),
    /** Oldest first. */
    running: z.array(trainingJob),
    /** In the order they will run. */
    queued: z.array(trainingJob),
  })
  .meta({ id: 'TrainingQueue' });

export type TrainingStatus = z.infer<typeof trainingStatus>;
export type TrainingCancelled = z.infer<typeof trainingCancelled>;
export type TrainingJob = z.infer<typeof trainingJob>;
export type TrainingQueue = z.infer<typeof trainingQueue>;
