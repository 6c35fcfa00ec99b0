import { streamIdOf } from '@necrocode/contracts';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { CodedError } from '@necrocode/service-kit';

export type Tombstones = Pick<PostgresEventStore, 'findTombstones'>;

/** The problem when one of the ids or streams that a request named is archived; undefined when none is. */
export async function archivedProblem(store: Tombstones, named: readonly unknown[]): Promise<CodedError | undefined> {
  const streams = named.flatMap((id) => (typeof id === 'string' ? [streamNamed(id)] : []));
  if (streams.length === 0) return undefined;
  const [tombstone] = await store.findTombstones(streams);
  return tombstone && new CodedError('archived', { archive: tombstone.archive });
}

function streamNamed(id: string): string {
  if (id.startsWith('job_')) return streamIdOf('job', id);
  return id.startsWith('can_') ? streamIdOf('cancellation', id) : id;
}
