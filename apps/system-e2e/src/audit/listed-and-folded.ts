import type { NecrocodeClient } from '@necrocode/client';

const PAGE = 200;
/** Fewer than a page: what was submitted side by side may be listed in another order. */
const COMPARED = 150;

/**
 * Where a list (a read model, projected from the events) says something else than the resource itself, which is folded
 * from its stream as it is asked for.
 * @param jobIds oldest first; the newest of them are compared
 */
export async function listedUnlikeFolded(
  client: NecrocodeClient,
  jobIds: readonly string[],
): Promise<readonly string[]> {
  const { items } = await client.listJobs({ limit: PAGE });
  const unlike: string[] = [];
  for (const jobId of jobIds.slice(-COMPARED)) {
    unlike.push(
      ...differences(
        jobId,
        items.find((item) => item.jobId === jobId),
        await client.getJob(jobId),
      ),
    );
    for (const listed of (await client.listCancellations({ jobId })).items) {
      const folded = await client.findCancellation(listed.cancellationId);
      if (!('kind' in folded)) unlike.push(...differences(listed.cancellationId, listed, folded));
    }
  }
  return unlike;
}

/** Every field that both have. */
function differences(id: string, listed: object | undefined, folded: object): readonly string[] {
  if (!listed) return [`${id} is not listed`];
  const other = new Map(Object.entries(folded));
  return Object.entries(listed)
    .filter(([key, value]) => other.has(key) && JSON.stringify(value) !== JSON.stringify(other.get(key)))
    .map(
      ([key, value]) => `${id}: ${key} is listed as ${JSON.stringify(value)}, folded ${JSON.stringify(other.get(key))}`,
    );
}
