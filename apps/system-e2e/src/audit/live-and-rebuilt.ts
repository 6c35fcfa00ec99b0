import type { NecrocodeClient } from '@necrocode/client';

/** Where a read model says something else than one that is built anew from the first event. */
export async function liveUnlikeRebuilt(client: NecrocodeClient): Promise<readonly string[]> {
  const unlike: string[] = [];
  for (const { name } of (await client.listProjections()).items) {
    for await (const line of client.verifyProjection(name)) {
      if (line.kind !== 'result') continue;
      for (const { table, id, field, live, rebuilt } of line.differences) {
        unlike.push(`${name}: ${table} ${id} ${field} is ${live ?? 'absent'}, rebuilt ${rebuilt ?? 'absent'}`);
      }
    }
  }
  return unlike;
}
