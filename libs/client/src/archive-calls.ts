import type {
  ArchiveBody,
  ArchivedStreamList,
  ArchiveList,
  ArchivePlan,
  ArchiveResource,
  CloudEvent,
} from '@necrocode/contracts';
import type { RequestOptions, Transport } from './http/transport.js';

/** The way of old streams out of the store. All of it throws `ApiProblem`. */
export class ArchiveCalls {
  constructor(private readonly transport: Transport) {}

  /** Those whose streams have left the store, oldest first. */
  list(options: RequestOptions = {}): Promise<ArchiveList> {
    return this.transport.json({ ...options, method: 'GET', path: '/archives' });
  }

  /** What the next one would hold. */
  plan(options: RequestOptions = {}): Promise<ArchivePlan> {
    return this.transport.json({ ...options, method: 'GET', path: '/archives/plan' });
  }

  /** The events of the next one, stream by stream. */
  plannedEvents(options: RequestOptions = {}): AsyncGenerator<CloudEvent, void, undefined> {
    return this.transport.lines({ ...options, method: 'GET', path: '/archives/plan/events' });
  }

  /**
   * Takes the streams of an archive that was written and read back out of the store. The same again is answered as the first time.
   * @throws {ApiProblem} `archiving-off`, `archive-outdated`, `archive-out-of-order`, `archive-behind`
   */
  remove(archive: ArchiveBody, options: RequestOptions = {}): Promise<ArchiveResource> {
    return this.transport.json({ ...options, method: 'POST', path: '/archives', body: archive });
  }

  /** What is left in the store of the streams of one. */
  tombstones(number: number, options: RequestOptions = {}): Promise<ArchivedStreamList> {
    return this.transport.json({ ...options, method: 'GET', path: `/archives/${number}/streams` });
  }
}
