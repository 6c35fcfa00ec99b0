import { ApiProblem, type NecrocodeClient } from '@necrocode/client';
import type { CancellationResource } from '@necrocode/contracts';
import { eventually } from '@necrocode/testing';

/** What a client does whose gateway or connection dies under it: the same request again, under the same key. */
export function cancelUntilHeard(client: NecrocodeClient, jobId: string): Promise<string> {
  return eventually(
    async () => {
      const { cancellationId } = await client.cancelJob(jobId, {}, { idempotencyKey: `cancel-${jobId}` });
      if (cancellationId === null) throw new Error(`${jobId} was not to be cancelled any more`);
      return cancellationId;
    },
    { withinMs: 60_000, everyMs: 20 },
  );
}

/** Asks until it is so; a gateway that is away is asked again. */
export function untilCancellation(
  client: NecrocodeClient,
  cancellationId: string,
  status: CancellationResource['status'],
  withinMs = 120_000,
): Promise<CancellationResource> {
  return eventually(
    async () => {
      const cancellation = await client.getCancellation(cancellationId);
      if (cancellation.status === status) return cancellation;
      throw new Error(`${cancellationId} is ${cancellation.status}, waiting for ${cancellation.waitingFor.join('; ')}`);
    },
    { withinMs, everyMs: 20 },
  );
}

/** In one line. */
export function whyOf(error: unknown): string {
  if (error instanceof ApiProblem) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
