export { ApiProblem } from './api-problem.js';
export type { BulkTargetFilter, CancellationFilter, JobFilter } from './filters.js';
export type { ClientOptions, RequestOptions } from './http/transport.js';
export { type CancelOptions, type CreateOptions, NecrocodeClient, type SubmitOptions } from './necrocode-client.js';
export type { FollowOptions } from './stream/follow-stream.js';
