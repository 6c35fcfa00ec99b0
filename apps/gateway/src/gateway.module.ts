import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ArchiveController } from './archive/archive.controller.js';
import { NextArchive } from './archive/next-archive.js';
import { RemoveArchived } from './archive/remove-archived.js';
import { BulkCancelController } from './bulk-cancel/bulk-cancel.controller.js';
import { BulkReader } from './bulk-cancel/bulk-reader.js';
import { AwaitOutcome } from './cancel/await-outcome.js';
import { CancelController } from './cancel/cancel.controller.js';
import { StopJobs } from './facade/stop-jobs.js';
import { StopJob } from './facade/stop-job.js';
import { HealthController } from './health/health.controller.js';
import { JobHistoryController } from './job-history/job-history.controller.js';
import { ListArtifactsController } from './list-artifacts/list-artifacts.controller.js';
import { ListCancellationsController } from './list-cancellations/list-cancellations.controller.js';
import { ListJobsController } from './list-jobs/list-jobs.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { DocsController } from './openapi/docs.controller.js';
import { EndItemsController } from './queue-facade/end-items.controller.js';
import { EndManyController } from './queue-facade/end-many.controller.js';
import { RetryItemsController } from './queue-facade/retry-items.controller.js';
import { EnqueueBatchController } from './queue-facade/enqueue-batch.controller.js';
import { EnqueueItems } from './queue-facade/enqueue-batch.js';
import { ItemRows } from './queue-facade/item-rows.js';
import { Items } from './queue-facade/items.js';
import { PauseQueueController } from './pause-queue/pause-queue.controller.js';
import { ProcessorController } from './queue-facade/processor.controller.js';
import { ReadQueueController } from './queue-facade/read-queue.controller.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { Projections } from './projections/projections.js';
import { LiveRows } from './read-model/live-rows.js';
import { Projector } from './read-model/projector.js';
import { ReadModel } from './read-model/read-model.js';
import { Timeline } from './read-model/timeline.js';
import { FollowOutput } from './read-logs/follow-output.js';
import { OutputStream } from './read-logs/output-stream.js';
import { ReadLogsController } from './read-logs/read-logs.controller.js';
import { Rebuilder } from './rebuild-read-model/rebuilder.js';
import { ReplayController } from './replay-cancellation/replay.controller.js';
import { RunnerController } from './runners/runner.controller.js';
import { Services } from './services/services.js';
import { CancellationController } from './show-cancellation/cancellation.controller.js';
import { CancellationReader } from './show-cancellation/cancellation-reader.js';
import { JobController } from './show-job/job.controller.js';
import { ListQueuesController } from './list-queues/list-queues.controller.js';
import { SlotPoolController } from './slot-pools/slot-pool.controller.js';
import { StreamJobController } from './stream-job/stream-job.controller.js';
import { StreamReader } from './streams/stream-reader.js';
import { SubmitBatchController } from './submit-batch/submit-batch.controller.js';
import { RetryJobController } from './retry-job/retry-job.controller.js';
import { SubmitJobController } from './submit-job/submit-job.controller.js';
import { TraceController } from './trace-cancellation/trace.controller.js';
import { TraceReader } from './trace-cancellation/trace-reader.js';
import { TrainingController } from './training-facade/training.controller.js';
import { UndoController } from './undo/undo.controller.js';
import { Verifications } from './verification/verifications.js';
import { VerifyAuditController } from './verify-audit/verify-audit.controller.js';
import { EventBell } from './wake/event-bell.js';
import { Shutdown } from './wake/shutdown.js';
import { WatchAllController } from './watch/watch-all.controller.js';
import { WatchController } from './watch/watch.controller.js';
import { WatchStory } from './watch/watch-story.js';
import { WebhookController } from './webhooks/webhook.controller.js';

/**
 * The map of the gateway. Commands go through `Services`; one resource is read by `StreamReader`; lists and timelines come
 * from the rows the `Projector` keeps.
 */
@Module({
  imports: [DiscoveryModule],
  controllers: [
    SubmitJobController,
    RetryJobController,
    SubmitBatchController,
    ListJobsController,
    JobController,
    CancelController,
    BulkCancelController,
    ListCancellationsController,
    CancellationController,
    UndoController,
    ReplayController,
    JobHistoryController,
    TraceController,
    WatchController,
    WatchAllController,
    ReadLogsController,
    StreamJobController,
    ListArtifactsController,
    RunnerController,
    ListQueuesController,
    SlotPoolController,
    WebhookController,
    TrainingController,
    EnqueueBatchController,
    ReadQueueController,
    ProcessorController,
    PauseQueueController,
    EndItemsController,
    EndManyController,
    RetryItemsController,
    ProjectionsController,
    VerifyAuditController,
    ArchiveController,
    HealthController,
    MetricsController,
    DocsController,
  ],
  providers: [
    Services,
    StreamReader,
    CancellationReader,
    BulkReader,
    TraceReader,
    AwaitOutcome,
    StopJob,
    StopJobs,
    ItemRows,
    Items,
    EnqueueItems,
    Projector,
    LiveRows,
    Rebuilder,
    Projections,
    Verifications,
    NextArchive,
    RemoveArchived,
    ReadModel,
    Timeline,
    WatchStory,
    OutputStream,
    FollowOutput,
    EventBell,
    Shutdown,
  ],
})
export class GatewayModule {}
