import type { ExecutionEvent } from '@necrocode/domain';
import { z } from 'zod';
import { cancellationId, executionId, jobId, timestamp } from '../ids/ids.js';
import { containment, executionEnding, executionIdentity, signalEvidence, stopRequest } from '../runner/schemas.js';
import type { EventSchemas } from './event-schemas.js';

const at = timestamp;
const signalled = z.object({
  executionId,
  jobId,
  cancellationId: cancellationId.nullable(),
  evidence: signalEvidence,
  at,
});

export const executionEvents = {
  ExecutionStarted: z.object({ execution: executionIdentity, containment, pid: z.int(), at }),
  ExecutionStopRequested: z.object({ execution: executionIdentity, stop: stopRequest, at }),
  ExecutionSignalled: signalled,
  ExecutionFrozen: z.object({ executionId, jobId, cancellationId, processes: z.int().min(0), at }),
  ExecutionThawed: z.object({ executionId, jobId, cancellationId, at }),
  ExecutionForceKilled: signalled,
  ExecutionEnded: z.object({ execution: executionIdentity, ending: executionEnding, at }),
  ExecutionFenced: z.object({ execution: executionIdentity, at }),
  StaleReportNoted: z.object({ executionId, report: z.string(), fencingToken: z.int(), at }),
} as const satisfies EventSchemas<ExecutionEvent>;
