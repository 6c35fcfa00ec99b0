export type ErrorCategory =
  'validation' | 'authentication' | 'not-found' | 'conflict' | 'limit' | 'unavailable' | 'task' | 'runner' | 'internal';

export interface CatalogEntry {
  /** HTTP status where the code reaches a REST client; 500 for codes that only stand in resources. */
  readonly status: number;
  readonly category: ErrorCategory;
  /** What is wrong, for a person; `{name}` is filled in from the details. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
}

/** Every coded error there is. A code never changes its meaning; new ones are added. */
export const catalog = {
  'validation-failed': entry(
    400,
    'validation',
    'The request is not valid.',
    'Mend the fields that are listed and send it again; nothing was stored.',
  ),
  'malformed-json': entry(
    400,
    'validation',
    'The body is not JSON.',
    'Send a JSON document with Content-Type: application/json.',
  ),
  'malformed-request': entry(
    400,
    'validation',
    'The request is not well-formed HTTP.',
    'Check the encoding of the URL and that Content-Length fits the body.',
  ),
  'malformed-id': entry(
    400,
    'validation',
    '{id} is not an id of the form {form}.',
    'Copy the id as the API gave it, prefix included.',
  ),
  unauthenticated: entry(
    401,
    'authentication',
    'No valid token came with the request.',
    'Send "Authorization: Bearer <token>"; `necrocode doctor` says where the token is.',
  ),
  'route-not-found': entry(404, 'not-found', 'There is nothing at {path}.', 'See /api/docs for the calls there are.'),
  'job-not-found': entry(
    404,
    'not-found',
    'No job has this id.',
    'List the jobs with GET /api/jobs or `necrocode job list`.',
  ),
  'task-not-found': entry(
    404,
    'not-found',
    'No task has this id.',
    "GET /api/jobs/{jobId} lists a job's tasks with their ids.",
  ),
  'queue-item-not-found': entry(
    404,
    'not-found',
    'Queue item with id {itemId} not found in queue {queueId}.',
    'GET /api/v1/queue/{queueId}/item_ids lists the items there are.',
  ),
  'cancellation-not-found': entry(
    404,
    'not-found',
    'No cancellation has this id.',
    'List them with GET /api/cancellations or `necrocode job cancellations`.',
  ),
  'webhook-not-found': entry(
    404,
    'not-found',
    'No webhook has this id.',
    'List them with GET /api/webhooks or `necrocode webhook list`.',
  ),
  'webhook-limit-reached': entry(
    409,
    'limit',
    'There are {limit} webhooks already, the most there may be.',
    'Delete one that is no longer needed, or widen the events of one that is there.',
  ),
  'webhook-address-refused': entry(
    400,
    'validation',
    'The endpoint is refused: {reason}.',
    'Give it a public https:// address, or have the operator allow its network with WEBHOOK_ALLOWED_NETWORKS.',
  ),
  'job-not-cancelled': entry(
    404,
    'not-found',
    'Nobody has asked to cancel this job.',
    'Ask with POST /api/jobs/{jobId}/cancel or `necrocode job cancel <job-id>`.',
  ),
  'certificate-not-issued': entry(
    404,
    'not-found',
    'The cancellation has no certificate yet: it is not proven.',
    'Ask again when it has ended; GET /api/cancellations/{cancellationId}/events tells when.',
    true,
  ),
  'frame-not-found': entry(
    404,
    'not-found',
    'The cancellation has {version} events; there is no frame {at}.',
    'Ask for a number from 1 to {version}.',
  ),
  'job-not-yet-submitted': entry(
    404,
    'not-found',
    'The job had not been submitted at {at}.',
    'GET /api/jobs/{jobId}/history without `at` lists the moments there are.',
  ),
  'projection-not-found': entry(
    404,
    'not-found',
    'There is no projection {name}.',
    'List them with GET /api/projections or `necrocode projections list`.',
  ),
  'stream-not-found': entry(
    404,
    'not-found',
    'The event store has no stream {stream}.',
    'A stream is named after what it tells of, for example cancellation-can_… or job-job_….',
  ),
  'event-refused': entry(
    500,
    'internal',
    'An event {type} of {stream} is not what the registry says: nothing was stored.',
    'This is a fault of the service that wrote it; its log says which field.',
  ),
  archived: entry(
    410,
    'not-found',
    'It is over and in archive {archive}: its events have left the store.',
    'Read it with `necrocode archive show <id> --from <directory>`, from the archives that were made of this store.',
  ),
  'archiving-off': entry(
    409,
    'conflict',
    'Nothing is archived: the gateway has no ARCHIVE_AFTER_DAYS.',
    'Whoever runs the gateway decides after how many days what is over may leave the store.',
  ),
  'archive-outdated': entry(
    409,
    'conflict',
    'The archive does not hold what may leave the store: {what}.',
    'Nothing was removed. Delete that archive and make it again.',
  ),
  'archive-out-of-order': entry(
    409,
    'conflict',
    'The archive does not follow the last one: {what}.',
    'Archives are a chain. `necrocode archive --to <directory>` makes the next one.',
  ),
  'archive-behind': entry(
    409,
    'conflict',
    'Somebody who reads the store has not passed these events yet: {what}.',
    'Nothing was removed. Ask again when it has, or take it away: a disabled webhook waits where it stopped.',
    true,
  ),
  'read-model-rebuilding': entry(
    503,
    'unavailable',
    'The lists are being rebuilt for this release.',
    'Try again in a moment; `necrocode projections list` shows how far it is. Single jobs and cancellations can be read.',
    true,
  ),
  'read-model-foreign': entry(
    409,
    'conflict',
    'The read model has version {live}; this release builds version {own}.',
    'Ask a gateway of the release that built it, or wait for its rebuild.',
  ),
  'verification-under-way': entry(
    409,
    'conflict',
    'This gateway is verifying already.',
    'Wait for it to end: a verification reads the whole store.',
    true,
  ),
  'execution-not-found': entry(
    404,
    'not-found',
    'No execution has this id.',
    "GET /api/jobs/{jobId} lists a job's executions.",
  ),
  'runner-not-found': entry(404, 'not-found', 'No runner has this id.', 'List them with GET /api/runners.'),
  'slot-not-found': entry(404, 'not-found', 'No slot has this id.', 'List them with GET /api/slot-pools.'),
  'job-exists': entry(
    409,
    'conflict',
    'A job with this id exists already.',
    'Use another idempotency key for another job.',
  ),
  'cancellation-exists': entry(
    409,
    'conflict',
    'A cancellation with this id exists already.',
    'Use another idempotency key for another cancellation.',
  ),
  'idempotency-conflict': entry(
    409,
    'conflict',
    'This Idempotency-Key was used with another body.',
    'Send the same body as the first time, or a new key.',
  ),
  'job-completed': entry(
    409,
    'conflict',
    'The job has completed: nothing of it is left to run.',
    'Submit it anew to run all of it again.',
  ),
  'job-not-over': entry(
    409,
    'conflict',
    'The job is {status}: only one that is over can be retried.',
    'Wait for its end, or cancel it first.',
    true,
  ),
  'job-not-cleaned': entry(
    409,
    'conflict',
    'The artifacts of the job are still being stored.',
    'Ask again in a moment; GET /api/jobs/{jobId}/artifacts says how far it is.',
    true,
  ),
  'job-already-retried': entry(
    409,
    'conflict',
    'The job has been retried already, by {retriedBy}.',
    'Retry that one, or the newest generation it leads to, when it is over.',
  ),
  'undo-not-offered': entry(
    409,
    'conflict',
    'The cancellation was asked for without an undo window.',
    'Ask with undoWindowMs (`--undo-window 30s`) to be able to undo; a cancelled job can be submitted again.',
  ),
  'undo-window-over': entry(
    409,
    'conflict',
    'The undo window is over (it ended at {until}, or a request for force ended it): the cancellation is being carried out.',
    'Nothing to undo any more; submit the job again if it is needed.',
  ),
  'cancellation-being-undone': entry(
    409,
    'conflict',
    'A cancellation of this target is being undone at this moment.',
    'Ask again when it is undone.',
    true,
  ),
  'plan-changed': entry(
    409,
    'conflict',
    'The plan has changed since its dry run: {changes}.',
    'Look at the plan again with dryRun, and send its new planToken; nothing was stored.',
  ),
  'bulk-not-confirmed': entry(
    409,
    'conflict',
    'This would cancel {targets} jobs; more than {limit} at once must be confirmed.',
    'Send "expectedCount": the number of jobs, or the planToken of a dry run; nothing was stored.',
  ),
  'cancellation-not-abortable': entry(
    409,
    'conflict',
    'Only a bulk cancellation can be aborted.',
    'A job or task that is being cancelled has been reached already; what can be undone is undone in its window.',
  ),
  'task-not-assignable': entry(
    409,
    'conflict',
    'The task cannot be assigned while it is {status}.',
    'Nothing to do: the dispatcher decides again.',
  ),
  'slot-not-free': entry(
    409,
    'conflict',
    'The slot is not free.',
    'Wait until its holder has ended and the slot is proven clean.',
  ),
  'stale-token': entry(
    409,
    'conflict',
    'The fencing token is not the current one.',
    'The execution was given up; its reports no longer count.',
  ),
  'body-too-large': entry(
    413,
    'limit',
    'The body is larger than {limit} bytes.',
    'Send less at once; a job may have 500 tasks.',
  ),
  'unsupported-media-type': entry(415, 'validation', 'The body must be JSON.', 'Send Content-Type: application/json.'),
  'service-unavailable': entry(
    503,
    'unavailable',
    'A service of the platform does not answer ({service}).',
    'Try again in a moment; services come back by themselves. `necrocode doctor` shows which is down.',
    true,
  ),
  'store-unavailable': entry(
    503,
    'unavailable',
    'The event store cannot be reached.',
    'Try again in a moment; the platform reconnects to PostgreSQL by itself.',
    true,
  ),
  'messaging-unavailable': entry(
    503,
    'unavailable',
    'NATS cannot be reached.',
    'Try again in a moment; the platform reconnects to NATS by itself.',
    true,
  ),
  'gateway-unreachable': entry(
    503,
    'unavailable',
    'Nothing answers at {url}.',
    'Start the system with `npm start`, or name its address; `necrocode doctor` shows what is up.',
    true,
  ),
  'request-timed-out': entry(
    504,
    'unavailable',
    'The gateway did not answer within {timeoutMs} ms.',
    'The request may have been carried out: look before you send it again, or send it with an Idempotency-Key.',
    true,
  ),
  'unreadable-answer': entry(
    502,
    'internal',
    'The answer (HTTP {status}) is not one of the Necrocode API.',
    'Check that the address is that of a Necrocode gateway and that nothing rewrites its answers.',
  ),
  internal: entry(
    500,
    'internal',
    'Something went wrong on our side.',
    'Try again; if it stays, the log of the service has the details under the trace id.',
    true,
  ),

  'artifact-not-restored': entry(
    500,
    'task',
    'The artifact {path} of an earlier generation could not be put back.',
    'Retry the job once more: its tasks then run again instead of being reused.',
  ),
  'command-not-found': entry(
    500,
    'task',
    'The command does not exist: {program}.',
    'Check the spelling and that the program is installed on the runner and on its PATH.',
  ),
  'command-not-executable': entry(
    500,
    'task',
    'The command may not be executed: {program}.',
    'Make the file executable, or name its interpreter first.',
  ),
  'working-directory-missing': entry(
    500,
    'task',
    'The working directory does not exist.',
    'Let an earlier task of the job create it.',
  ),
  'start-failed': entry(500, 'task', 'The command could not be started.', 'The message has what the system said.'),
  'command-failed': entry(
    500,
    'task',
    'The command ended with an error.',
    "See the task's output: `necrocode job logs <job-id>`.",
  ),
  'handler-not-found': entry(
    500,
    'task',
    'The worker has no function {handler}.',
    'Check the name; the worker may have been started with another module since it took the job.',
  ),
  'handler-input-too-large': entry(
    500,
    'task',
    'What the function is given, results of other tasks included, has more than {limit} bytes.',
    'Hand large results on as files of the workspace, which all tasks of a job share.',
  ),
  'handler-failed': entry(
    500,
    'task',
    'The function ended with an error.',
    "The message has what it threw; the task's output has where: `necrocode job logs <job-id>`.",
  ),
  'handler-result-invalid': entry(
    500,
    'task',
    'The function returned what is no JSON, or too much of it.',
    'Return at most 64 KiB of JSON; larger results belong into an artifact.',
  ),
  'task-timed-out': entry(
    500,
    'task',
    'The task ran longer than its timeoutMs.',
    'Raise timeoutMs or make the task quicker.',
  ),
  'finalizer-not-started': entry(
    500,
    'task',
    'No runner took the finalizer within its timeoutMs.',
    'Raise its timeoutMs, or give the runner that holds the workspace more room.',
  ),
  'runner-lost': entry(
    500,
    'runner',
    'The runner was lost while the task ran.',
    'Give the task retry.maxAttempts > 1 to have it run again elsewhere.',
    true,
  ),
  'runner-unreachable': entry(
    503,
    'runner',
    'The runner {runnerId} does not answer.',
    'Its lease decides; see GET /api/runners.',
    true,
  ),
  'cleanup-failed': entry(
    500,
    'runner',
    'Files could not be handled: {reason}.',
    "It is tried again; see the cleanup's events.",
    true,
  ),
  'no-progress': entry(
    500,
    'runner',
    'A step of the cancellation waits and nothing new was heard.',
    'It is driven on; `necrocode cancellation show` says what it waits for and when it is tried again.',
    true,
  ),
  'verification-failed': entry(
    500,
    'runner',
    'A second look found something left.',
    'It is driven on; `necrocode cancellation show` says what is left.',
    true,
  ),
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof catalog;

function entry(
  status: number,
  category: ErrorCategory,
  message: string,
  hint: string,
  retryable = false,
): CatalogEntry {
  return { status, category, message, hint, retryable };
}

/** A code's entry; an unknown code (of a newer version) is `internal`. */
export function catalogEntry(code: string): CatalogEntry {
  return isErrorCode(code) ? catalog[code] : catalog.internal;
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalog, code);
}

/** Fills `{name}` in a message; a detail that is missing leaves an honest gap. */
export function fillIn(message: string, details: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? `unknown ${name}`));
}
