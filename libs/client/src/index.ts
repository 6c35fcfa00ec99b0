export type { ArchiveCalls } from './archive-calls.js';
export { ApiProblem } from './api-problem.js';
export type { BulkTargetFilter, CancellationFilter, DeliveryFilter, JobFilter } from './filters.js';
export type { ClientOptions, RequestOptions } from './http/transport.js';
export { type CancelOptions, type CreateOptions, NecrocodeClient, type SubmitOptions } from './necrocode-client.js';
export type { FollowOptions } from './stream/follow-stream.js';
export type { WebhookCalls } from './webhook-calls.js';
