import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import type { CancellationResource, JobResource } from '@necrocode/contracts';
import { startSystem } from '@necrocode/local-system';
import { eventually, tempDirectory } from '@necrocode/testing';

/** The whole system as processes of its own, on free ports, in a directory of its own. */
export async function testSystem({
  workers = [],
  logLevel = 'debug',
  env = {},
}: {
  readonly workers?: readonly string[];
  readonly logLevel?: string;
  readonly env?: Readonly<Record<string, string>>;
} = {}) {
  const directory = await tempDirectory();
  const home = join(directory.path, 'home');
  const system = await startSystem({ home, workers, env: { LOG_LEVEL: logLevel, ...env } });
  const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token });
  return {
    system,
    client,
    home,
    /** The job, once it is as asked. */
    job: (jobId: string, is: (job: JobResource) => boolean) =>
      eventually(
        async () => {
          const job = await client.getJob(jobId);
          if (!is(job))
            throw new Error(
              `job ${jobId} is ${job.status}: ${job.tasks.map((t) => `${t.key} ${t.status}`).join(', ')}`,
            );
          return job;
        },
        { withinMs: 60_000 },
      ),
    /** The cancellation, once it has its final outcome. */
    completed: (cancellationId: string) =>
      eventually(
        async (): Promise<CancellationResource> => {
          const cancellation = await client.getCancellation(cancellationId);
          if (cancellation.status !== 'completed')
            throw new Error(`${cancellation.status}: waiting for ${cancellation.waitingFor.join('; ')}`);
          return cancellation;
        },
        { withinMs: 120_000, everyMs: 100 },
      ),
    async end() {
      await system.stop();
      await directory.remove();
    },
  };
}

/** Ignores SIGTERM, says so, and keeps a child that does too. */
export const STUBBORN = [
  process.execPath,
  '-e',
  'process.on("SIGTERM",()=>{});require("node:child_process").spawn("sleep",["1000"]);console.log("ready");setInterval(()=>{},1000)',
];
