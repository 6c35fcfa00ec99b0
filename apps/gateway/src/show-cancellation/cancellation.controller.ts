import { Controller, Get } from '@nestjs/common';
import {
  bulkCertificate,
  type BulkResource,
  bulkResource,
  type CancellationResource,
  cancellationResource,
  certificate as certificateSchema,
  type CertificateResource,
} from '@necrocode/contracts';
import type { CancellationId, JobId } from '@necrocode/domain';
import { CodedError } from '@necrocode/service-kit';
import { z } from 'zod';
import { BulkReader, isBulk } from '../bulk-cancel/bulk-reader.js';
import { IdParam } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { cancellationOf, CancellationReader } from '../show-cancellation/cancellation-reader.js';
import { presentCertificate } from '../show-cancellation/present-cancellation.js';
import { StreamReader } from '../streams/stream-reader.js';

@Controller()
export class CancellationController {
  constructor(
    private readonly cancellations: CancellationReader,
    private readonly bulks: BulkReader,
    private readonly streams: StreamReader,
    private readonly readModel: ReadModel,
  ) {}

  @Get('cancellations/:cancellationId')
  @Operation({
    summary: 'One cancellation: every step, every execution with its signals, progress, errors, certificate',
    replies: { 200: z.union([cancellationResource, bulkResource]) },
    problems: ['malformed-id', 'cancellation-not-found'],
  })
  async show(@IdParam('cancellationId') cancellationId: CancellationId): Promise<CancellationResource | BulkResource> {
    const look = await this.cancellations.look(cancellationId);
    return isBulk(look.events)
      ? this.bulks.present(cancellationId, look.events)
      : this.cancellations.present(cancellationId, look);
  }

  @Get('cancellations/:cancellationId/certificate')
  @Operation({
    summary: 'The proof: who asked, what was signalled, what needed force, what was checked',
    replies: { 200: z.union([certificateSchema, bulkCertificate]) },
    problems: ['malformed-id', 'cancellation-not-found', 'certificate-not-issued'],
  })
  async certificate(
    @IdParam('cancellationId') cancellationId: CancellationId,
  ): Promise<CertificateResource | NonNullable<BulkResource['certificate']>> {
    const events = await this.streams.cancellationEvents(cancellationId);
    if (isBulk(events)) {
      const { certificate } = this.bulks.present(cancellationId, events);
      if (certificate === null) throw new CodedError('certificate-not-issued');
      return certificate;
    }
    const { certificate } = cancellationOf(cancellationId, events);
    if (certificate === null) throw new CodedError('certificate-not-issued');
    return presentCertificate(certificate);
  }

  @Get('jobs/:jobId/cancellation-status')
  @Operation({
    summary: "The job's newest cancellation: its own, or the bulk that took it out of its queue",
    replies: { 200: z.union([cancellationResource, bulkResource]) },
    problems: ['malformed-id', 'job-not-found', 'job-not-cancelled'],
  })
  async statusOfJob(@IdParam('jobId') jobId: JobId): Promise<CancellationResource | BulkResource> {
    const job = await this.streams.job(jobId);
    // The rows know a request before the dispatcher has blocked for it; the job knows a block before the rows do.
    const listed = await this.readModel.newestCancellation(jobId);
    const candidates = [...new Set([listed, job.cancellations.at(-1)?.cancellationId ?? null])];
    const found = await Promise.all(candidates.flatMap((id) => (id === null ? [] : this.show(id))));
    const newest = found.sort((a, b) => b.requestedAt.localeCompare(a.requestedAt))[0];
    if (!newest) throw new CodedError('job-not-cancelled');
    return newest;
  }
}
