import { isDeepStrictEqual } from 'node:util';
import type { NecrocodeClient } from '@necrocode/client';
import type { CancellationResource } from '@necrocode/contracts';
import { duration } from '../terminal/duration.js';
import { processesWith, type SeenProcess, stillAlive } from './processes.js';
import type { Promises } from './promises.js';
import { DEPENDENTS } from './run-main-job.js';

export interface Evidence {
  readonly client: NecrocodeClient;
  readonly promises: Promises;
  readonly jobId: string;
  readonly cancelled: CancellationResource;
  readonly before: readonly SeenProcess[];
  readonly executions: ReadonlySet<string>;
}

/** Checks what a certificate stands for, from outside: /proc, the API's other resources, and the replay. */
export async function checkPromises({
  client,
  promises,
  jobId,
  cancelled,
  before,
  executions,
}: Evidence): Promise<void> {
  const { certificate } = cancelled;
  promises.check(
    'the outcome is completed, with a certificate',
    cancelled.status === 'completed' && certificate !== null,
    cancelled.status,
  );

  const left = [...processesWith('NECROCODE_EXECUTION_ID', executions), ...stillAlive(before)];
  promises.check('no process of the job is alive', left.length === 0, `/proc: ${left.length} of ${before.length}`);

  const job = await client.getJob(jobId);
  promises.check('the job is cancelled', job.status === 'cancelled', job.status);
  const dependents = job.tasks.filter((task) => DEPENDENTS.includes(task.key));
  const started = dependents.filter((task) => task.executions.length > 0 || task.neverStarted !== true);
  promises.check(
    'what was queued behind it never started',
    dependents.length > 0 && started.length === 0,
    dependents.map((task) => `${task.key} ${task.status}`).join(', '),
  );

  const of = (task: string) => certificate?.executions.find((execution) => execution.task === task);
  promises.check(
    'the training ended by itself when asked',
    of('train')?.exit.code === 0 && of('train')?.forced === false,
    `exit code ${of('train')?.exit.code ?? '?'}`,
  );
  const stubbornSignals =
    of('stubborn')
      ?.signals.map(({ signal }) => signal)
      .join(', ') ?? 'none';
  promises.check('who ignored SIGTERM got one, then SIGKILL', stubbornSignals === 'SIGTERM, SIGKILL', stubbornSignals);
  promises.check(
    'who had stopped itself got to hear the signal',
    of('sleeper')?.survivors === 0,
    `exit ${of('sleeper')?.exit.signal ?? of('sleeper')?.exit.code ?? '?'}`,
  );
  promises.check(
    'grandchildren that left the session were found',
    (of('daemoniser')?.peakProcesses ?? 0) >= 2 && of('daemoniser')?.survivors === 0,
    `peak ${of('daemoniser')?.peakProcesses ?? 0} processes`,
  );

  const artifacts = await client.artifacts(jobId);
  const last = artifacts.artifacts.find(({ path }) => path.includes('final-on-sigterm'));
  promises.check(
    'the checkpoint of the last moment was kept',
    last?.policy === 'keep',
    `${artifacts.artifacts.length} artifacts, ${artifacts.filesRemoved} other files removed`,
  );

  const { items: pools } = await client.listSlotPools();
  const held = pools.flatMap(({ slots }) => slots).filter((slot) => slot.holder?.jobId === jobId);
  promises.check(
    'every slot is free again, after its own clean check',
    held.length === 0,
    pools.map(({ pool, free, slots }) => `${pool}: ${free}/${slots.length} free`).join(', '),
  );

  await checkReplay(client, promises, cancelled);
  const gone = certificate?.lastProcessGoneAfterMs;
  promises.check(
    'the certificate says when',
    gone !== null && gone !== undefined,
    gone === null || gone === undefined
      ? ''
      : `last process gone after ${duration(gone)}, certified after ${duration(certificate?.completedAfterMs ?? 0)}`,
  );
}

/** The same events, folded again one by one, must end where the live cancellation is. */
async function checkReplay(
  client: NecrocodeClient,
  promises: Promises,
  cancelled: CancellationResource,
): Promise<void> {
  const live = await client.getCancellation(cancelled.cancellationId);
  const { frames, version } = await client.replay(cancelled.cancellationId);
  const last = frames.at(-1)?.cancellation;
  const same =
    last !== undefined && isDeepStrictEqual(JSON.parse(JSON.stringify(last)), JSON.parse(JSON.stringify(live)));
  promises.check('replaying its events gives the same state', same, `${version} events`);
}
