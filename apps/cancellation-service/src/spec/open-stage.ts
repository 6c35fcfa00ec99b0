import type { TestDatabase } from '@necrocode/testing';
import { aJob, aRequest, stoppedBy } from './a-job.js';
import { executionEnded, openService } from './open-service.js';
import { ScriptedOwners } from './scripted-owners.js';

/** A job, the service, and the request for it; `end` lets the execution end as the runner-monitor would tell it. */
export async function openStage(database: TestDatabase, patienceMs?: number) {
  const job = aJob();
  const request = aRequest(job.jobId);
  const { cancellationId } = request;
  const owners = new ScriptedOwners(job.facts, job.blockedBy(cancellationId), job.taskIds);
  const service = await openService(database, owners, patienceMs);
  const end = async () => {
    owners.facts = job.ended(cancellationId);
    await service.hear(executionEnded(job.execution, stoppedBy(cancellationId)));
    await service.drive.settled();
  };
  return { job, request, cancellationId, owners, service, end };
}
