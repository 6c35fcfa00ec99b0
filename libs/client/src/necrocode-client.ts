import type {
  AbortResult,
  ArtifactsResource,
  AuditQuery,
  AuditVerification,
  BulkCancelInput,
  BulkResource,
  BulkResult,
  BulkTargetPage,
  CancelJobInput,
  CancellationPage,
  CancellationResource,
  CancellationResult,
  CancelTaskInput,
  CertificateResource,
  CloudEvent,
  DrainedRunner,
  EventList,
  Health,
  JobAsItWas,
  JobHistory,
  JobPage,
  JobResource,
  OtlpTrace,
  OutputChunk,
  ProjectionList,
  ProjectionResource,
  ProjectionVerification,
  Replay,
  ReplayFrame,
  RetriedJob,
  QueueList,
  QueueState,
  RunnerList,
  SlotPoolList,
  SubmitBatchInput,
  SubmitJobInput,
  SubmittedBatch,
  SubmittedJob,
  TaskResource,
  WatchEvents,
  TrustedRunner,
} from '@necrocode/contracts';
import { ArchiveCalls } from './archive-calls.js';
import { type ClientOptions, type HttpRequest, type RequestOptions, Transport } from './http/transport.js';
import type { BulkTargetFilter, CancellationFilter, JobFilter } from './filters.js';
import { type FollowOptions, followStream } from './stream/follow-stream.js';
import { onceEach } from './stream/once-each.js';
import { WebhookCalls } from './webhook-calls.js';

export interface CreateOptions extends RequestOptions {
  /** The same key and body again is the same request again, however often it is sent. */
  readonly idempotencyKey?: string | undefined;
}

export interface SubmitOptions extends CreateOptions {
  /** Cancel the job if it is not over by then: a time from now such as `10m`, or an RFC 3339 instant. */
  readonly cancelAfter?: string | undefined;
}

export interface CancelOptions extends CreateOptions {
  /** Ask the gateway to answer when the cancellation has an outcome, at the latest after so many ms (at most 300,000). */
  readonly waitMs?: number | undefined;
}

/** Every call of the gateway. All of them throw `ApiProblem`, or the reason of the signal that ended them. */
export class NecrocodeClient {
  readonly archives: ArchiveCalls;
  readonly webhooks: WebhookCalls;
  private readonly transport: Transport;
  private readonly timeoutMs: number;

  constructor(options: ClientOptions) {
    this.transport = new Transport(options);
    this.archives = new ArchiveCalls(this.transport);
    this.webhooks = new WebhookCalls(this.transport);
    this.timeoutMs = options.timeoutMs ?? 30_000;
  }

  submitJob(job: SubmitJobInput, { cancelAfter, ...options }: SubmitOptions = {}): Promise<SubmittedJob> {
    return this.post('/jobs', job, options, deadlineHeader(cancelAfter));
  }

  /** All of the jobs, or none. */
  submitBatch(batch: SubmitBatchInput, { cancelAfter, ...options }: SubmitOptions = {}): Promise<SubmittedBatch> {
    return this.post('/batches', batch, options, deadlineHeader(cancelAfter));
  }

  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  listJobs(query: JobFilter = {}, options: RequestOptions = {}): Promise<JobPage> {
    return this.get('/jobs', options, { ...query });
  }

  getJob(jobId: string, options: RequestOptions = {}): Promise<JobResource> {
    return this.get(`/jobs/${encodeURIComponent(jobId)}`, options);
  }

  getTask(taskId: string, options: RequestOptions = {}): Promise<TaskResource> {
    return this.get(`/tasks/${encodeURIComponent(taskId)}`, options);
  }

  /** The next generation of a job that failed or was cancelled. @throws {ApiProblem} `job-already-retried`, `job-not-over` */
  retryJob(jobId: string, options: CreateOptions = {}): Promise<RetriedJob> {
    return this.post(`/jobs/${encodeURIComponent(jobId)}/retry`, {}, options);
  }

  cancelJob(jobId: string, body: CancelJobInput = {}, options: CancelOptions = {}): Promise<CancellationResult> {
    return this.cancel(`/jobs/${encodeURIComponent(jobId)}/cancel`, body, options);
  }

  cancelTask(taskId: string, body: CancelTaskInput = {}, options: CancelOptions = {}): Promise<CancellationResult> {
    return this.cancel(`/tasks/${encodeURIComponent(taskId)}/cancel`, body, options);
  }

  /** Many jobs as one cancellation. @throws {ApiProblem} `bulk-not-confirmed`, `plan-changed` */
  cancelMany(body: BulkCancelInput, options: CancelOptions = {}): Promise<BulkResult> {
    return this.cancel('/cancellations', body, options);
  }

  /** Stops what a bulk has not reached yet. */
  abortCancellation(cancellationId: string, options: RequestOptions = {}): Promise<AbortResult> {
    return this.post(`/cancellations/${encodeURIComponent(cancellationId)}/abort`, undefined, options);
  }

  getBulk(cancellationId: string, options: RequestOptions = {}): Promise<BulkResource> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}`, options);
  }

  /** What became of each target, in the order of the plan. */
  bulkTargets(
    cancellationId: string,
    query: BulkTargetFilter = {},
    options: RequestOptions = {},
  ): Promise<BulkTargetPage> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}/targets`, options, { ...query });
  }

  /** The job's newest cancellation; a bulk (`kind`) when one took it out of its queue. @throws {ApiProblem} `job-not-cancelled` when there was none */
  cancellationStatus(jobId: string, options: RequestOptions = {}): Promise<CancellationResource | BulkResource> {
    return this.get(`/jobs/${encodeURIComponent(jobId)}/cancellation-status`, options);
  }

  /** Newest first. */
  listCancellations(query: CancellationFilter = {}, options: RequestOptions = {}): Promise<CancellationPage> {
    return this.get('/cancellations', options, { ...query });
  }

  /** Whatever it cancels: a bulk has a `kind`. */
  findCancellation(cancellationId: string, options: RequestOptions = {}): Promise<CancellationResource | BulkResource> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}`, options);
  }

  /** Of a job or a task; `getBulk` for a bulk. */
  getCancellation(cancellationId: string, options: RequestOptions = {}): Promise<CancellationResource> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}`, options);
  }

  /** Within its undo window. @throws {ApiProblem} `undo-not-offered`, `undo-window-over` */
  undoCancellation(cancellationId: string, options: RequestOptions = {}): Promise<CancellationResource> {
    return this.post(`/cancellations/${encodeURIComponent(cancellationId)}/undo`, undefined, options);
  }

  /** @throws {ApiProblem} `certificate-not-issued` (retryable) while there is none */
  certificate(cancellationId: string, options: RequestOptions = {}): Promise<CertificateResource> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}/certificate`, options);
  }

  /** The state after each event. */
  replay(cancellationId: string, options: RequestOptions = {}): Promise<Replay> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}/replay`, options);
  }

  /** The state after the first `at` events. @throws {ApiProblem} `frame-not-found` beyond the last */
  replayAt(cancellationId: string, at: number, options: RequestOptions = {}): Promise<ReplayFrame> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}/replay`, options, { at });
  }

  /** The moments of a job's past, oldest first: each position can be asked for. */
  jobHistory(jobId: string, options: RequestOptions = {}): Promise<JobHistory> {
    return this.get(`/jobs/${encodeURIComponent(jobId)}/history`, options);
  }

  /**
   * The job with its executions, slots and cleanup as they were then.
   * @param at a position, or an RFC 3339 instant
   * @throws {ApiProblem} `job-not-yet-submitted`
   */
  jobAt(jobId: string, at: string, options: RequestOptions = {}): Promise<JobAsItWas> {
    return this.get(`/jobs/${encodeURIComponent(jobId)}/history`, options, { at });
  }

  /** Its spans that have ended, as OTLP/JSON, rebuilt from the store: what a collector takes at `/v1/traces`. */
  cancellationTrace(cancellationId: string, options: RequestOptions = {}): Promise<OtlpTrace> {
    return this.get(`/cancellations/${encodeURIComponent(cancellationId)}/trace`, options);
  }

  /** Every event of the cancellation, past ones first, until it is completed. Survives broken connections. */
  watchCancellation(cancellationId: string, options: FollowOptions = {}): AsyncGenerator<CloudEvent, void, undefined> {
    return this.follow(`/cancellations/${encodeURIComponent(cancellationId)}/events`, options);
  }

  /** Every event of the job, past ones first, until it has ended and is cleaned up. Survives broken connections. */
  watchJob(jobId: string, options: FollowOptions = {}): AsyncGenerator<CloudEvent, void, undefined> {
    return this.follow(`/jobs/${encodeURIComponent(jobId)}/events`, options);
  }

  /** All events as they are stored, until the signal aborts. Survives broken connections. */
  watchEvents(
    query: Partial<WatchEvents> = {},
    options: FollowOptions = {},
  ): AsyncGenerator<CloudEvent, void, undefined> {
    return this.follow('/events', options, { ...query });
  }

  /** The job's events so far, oldest first. */
  async jobEvents(jobId: string, options: RequestOptions = {}): Promise<readonly CloudEvent[]> {
    return (await this.get<EventList>(`/jobs/${encodeURIComponent(jobId)}/events`, options)).items;
  }

  /** The job's output so far, in the order it was written. */
  logs(jobId: string, options: RequestOptions = {}): AsyncGenerator<OutputChunk, void, undefined> {
    return this.lines(`/jobs/${encodeURIComponent(jobId)}/logs`, options);
  }

  /** The job's output so far and all that follows, until the job has ended. Survives broken connections. */
  followLogs(jobId: string, options: FollowOptions = {}): AsyncGenerator<OutputChunk, void, undefined> {
    return onceEach(this.follow(`/jobs/${encodeURIComponent(jobId)}/logs`, options, { follow: true }));
  }

  artifacts(jobId: string, options: RequestOptions = {}): Promise<ArtifactsResource> {
    return this.get(`/jobs/${encodeURIComponent(jobId)}/artifacts`, options);
  }

  listRunners(options: RequestOptions = {}): Promise<RunnerList> {
    return this.get('/runners', options);
  }

  listQueues(options: RequestOptions = {}): Promise<QueueList> {
    return this.get('/queues', options);
  }

  /** No job of it begins once this is answered; those that have begun go on. */
  pauseQueue(queue: string, options: RequestOptions = {}): Promise<QueueState> {
    return this.post(`/queues/${encodeURIComponent(queue)}/pause`, undefined, options);
  }

  resumeQueue(queue: string, options: RequestOptions = {}): Promise<QueueState> {
    return this.post(`/queues/${encodeURIComponent(queue)}/resume`, undefined, options);
  }

  listSlotPools(options: RequestOptions = {}): Promise<SlotPoolList> {
    return this.get('/slot-pools', options);
  }

  /** The runner finishes what it has and is given nothing new. */
  drainRunner(runnerId: string, options: RequestOptions = {}): Promise<DrainedRunner> {
    return this.post(`/runners/${encodeURIComponent(runnerId)}/drain`, undefined, options);
  }

  /** Ends the quarantine of a runner without a proof: somebody has looked. */
  trustRunner(runnerId: string, options: RequestOptions = {}): Promise<TrustedRunner> {
    return this.post(`/runners/${encodeURIComponent(runnerId)}/trust`, undefined, options);
  }

  /** The gateway's read models and their rebuilds. */
  listProjections(options: RequestOptions = {}): Promise<ProjectionList> {
    return this.get('/projections', options);
  }

  /** Asks for a rebuild beside the live rows; over when `build` of the list is that of `rebuild` here. */
  rebuildProjection(name: string, options: RequestOptions = {}): Promise<ProjectionResource> {
    return this.post(`/projections/${encodeURIComponent(name)}/rebuild`, undefined, options);
  }

  /** Folds the store anew and compares: progress, and the result last. */
  verifyProjection(
    name: string,
    options: RequestOptions = {},
  ): AsyncGenerator<ProjectionVerification, void, undefined> {
    return this.lines(`/projections/${encodeURIComponent(name)}/verification`, options);
  }

  /** Recomputes the hash chains: progress, and the result last. @throws {ApiProblem} `stream-not-found` */
  verifyAudit(
    query: AuditQuery = {},
    options: RequestOptions = {},
  ): AsyncGenerator<AuditVerification, void, undefined> {
    return this.lines('/audit/verification', options, { ...query });
  }

  /** Whether the gateway and what it stands on work, part by part. @throws {ApiProblem} when it does not answer at all */
  ready(options: RequestOptions = {}): Promise<Health> {
    return this.transport.json({ ...options, method: 'GET', path: '/readyz', alsoAccept: 503 });
  }

  private get<Value>(path: string, options: RequestOptions, query: HttpRequest['query'] = {}): Promise<Value> {
    return this.transport.json({ ...options, method: 'GET', path, query });
  }

  private post<Value>(
    path: string,
    body: unknown,
    options: CreateOptions,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Value> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path,
      body,
      headers: { ...headers, ...keyHeader(options) },
    });
  }

  private lines<Line>(
    path: string,
    options: RequestOptions,
    query: HttpRequest['query'] = {},
  ): AsyncGenerator<Line, void, undefined> {
    return this.transport.lines({ ...options, method: 'GET', path, query });
  }

  private cancel<Result>(path: string, body: object, options: CancelOptions): Promise<Result> {
    const { waitMs } = options;
    const query = waitMs === undefined ? {} : { wait: `${Math.round(waitMs)}ms` };
    const timeoutMs = this.timeoutMs + (waitMs ?? 0);
    return this.transport.json({
      ...options,
      method: 'POST',
      path,
      body,
      query,
      headers: keyHeader(options),
      timeoutMs,
    });
  }

  private async *follow<Value>(
    path: string,
    options: FollowOptions,
    query: HttpRequest['query'] = {},
  ): AsyncGenerator<Value, void, undefined> {
    // Cast: data of our event streams is the JSON of one contract; see the caller.
    for await (const { data } of followStream(this.transport, { path, query }, options))
      yield JSON.parse(data) as Value;
  }
}

function keyHeader({ idempotencyKey }: CreateOptions): Record<string, string> {
  return idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
}

function deadlineHeader(cancelAfter: string | undefined): Record<string, string> {
  return cancelAfter === undefined ? {} : { 'cancel-after': cancelAfter };
}
