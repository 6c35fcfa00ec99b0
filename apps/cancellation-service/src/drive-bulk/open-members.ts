import type { Bulk, BulkMember, CancellationId, JobId } from '@necrocode/domain';
import { WrongExpectedVersion } from '@necrocode/event-store';
import type { DriveQueue } from '@necrocode/service-kit';
import type { CancellationDrive } from '../drive-cancellation/cancellation-drive.js';
import { isTargetTaken, type OpenTargets } from '../saga/open-targets.js';
import { ACTOR, type Saga } from '../saga/saga.js';
import { memberIdOf } from './member-id.js';

/** Cancellations opened in one append. */
const AT_ONCE = 100;
const MAX_ATTEMPTS = 5;
/** As for any cancellation: driven again when it has not moved for so long, ms. */
const FIRST_REDRIVE_MS = 1_000;

/** Opens an ordinary cancellation for each target that had begun, many in one append; one that is under way is joined. */
export class OpenMembers {
  constructor(
    private readonly saga: Saga,
    private readonly targets: OpenTargets,
    private readonly drives: DriveQueue,
    private readonly drive: CancellationDrive,
  ) {}

  /** Repeatable: the ids of what it opens follow from the bulk and the job. */
  async handle(bulk: Bulk, jobIds: readonly JobId[], traceparent: string | undefined): Promise<readonly BulkMember[]> {
    const members: BulkMember[] = [];
    for (let start = 0; start < jobIds.length; start += AT_ONCE) {
      members.push(...(await this.#openSome(bulk, jobIds.slice(start, start + AT_ONCE), traceparent)));
    }
    return members;
  }

  async #openSome(
    bulk: Bulk,
    jobIds: readonly JobId[],
    traceparent: string | undefined,
  ): Promise<readonly BulkMember[]> {
    for (let attempt = 1; ; attempt++) {
      const open = await this.targets.findJobs(jobIds);
      const begun = await this.#begunBefore(bulk, jobIds);
      const fresh = jobIds.filter((jobId) => !open.has(jobId) && !begun.has(jobId));
      try {
        if (fresh.length > 0) await this.#begin(bulk, fresh, traceparent);
      } catch (error) {
        const raced = error instanceof WrongExpectedVersion || isTargetTaken(error);
        if (!raced || attempt >= MAX_ATTEMPTS) throw error;
        continue;
      }
      return Promise.all(
        jobIds.map((jobId) => this.#follow(bulk, jobId, begun.has(jobId) ? undefined : open.get(jobId), traceparent)),
      );
    }
  }

  /** By this very bulk, before a crash: also those that are completed by now. */
  async #begunBefore({ cancellationId }: Bulk, jobIds: readonly JobId[]): Promise<ReadonlySet<JobId>> {
    const known = await this.saga.exist(jobIds.map((jobId) => memberIdOf(cancellationId, jobId)));
    return new Set(jobIds.filter((jobId) => known.has(memberIdOf(cancellationId, jobId))));
  }

  async #begin(bulk: Bulk, jobIds: readonly JobId[], traceparent: string | undefined): Promise<void> {
    const { cancellationId: bulkId, options, reason, requestedBy, fingerprint, requestedAt } = bulk;
    const at = new Date().toISOString();
    const claims = jobIds.map((jobId) => ({ jobId, cancellationId: memberIdOf(bulkId, jobId) }));
    const begun = claims.map(({ jobId, cancellationId }) => {
      const target = { kind: 'job' as const, jobId };
      const asked = { options, reason, requestedBy, fingerprint, requestedAt, bulkId };
      return {
        command: { type: 'RequestCancellation' as const, cancellationId, target, ...asked, at },
        metadata: {
          actor: requestedBy,
          correlationId: jobId,
          causationId: bulkId,
          ...(traceparent === undefined ? {} : { traceparent }),
        },
      };
    });
    const timers = this.drives.scheduleAll(
      claims.map(({ cancellationId }) => cancellationId),
      FIRST_REDRIVE_MS,
    );
    await this.saga.beginAll(begun, `open-members/${bulkId}`, [this.targets.claimJobs(claims), timers]);
  }

  /** Drives the member on; one that was there before is joined, and made stronger where the bulk asks for more. */
  async #follow(
    bulk: Bulk,
    jobId: JobId,
    open: CancellationId | undefined,
    traceparent: string | undefined,
  ): Promise<BulkMember> {
    const mine = memberIdOf(bulk.cancellationId, jobId);
    if (open === undefined || open === mine) {
      this.drive.startFrom(await this.saga.load(mine));
      return { jobId, cancellationId: mine, joined: false };
    }
    const { options, reason, requestedBy } = bulk;
    const joined = await this.saga.feed(
      open,
      (_, proof, at) => ({ type: 'JoinCancellation', options, reason, requestedBy, at, proof }),
      `join/${bulk.cancellationId}`,
      ACTOR,
      traceparent,
    );
    this.drive.startFrom(joined);
    return { jobId, cancellationId: open, joined: true };
  }
}
