import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';

/** The system that `npm start` runs; `NECROCODE_URL` and `NECROCODE_TOKEN` name another. */
export async function connect() {
  const { NECROCODE_URL: baseUrl = 'http://127.0.0.1:4180', NECROCODE_HOME: home = '.necrocode' } = process.env;
  const token = process.env.NECROCODE_TOKEN ?? (await readFile(join(home, 'token'), 'utf8')).trim();
  return new NecrocodeClient({ baseUrl, token });
}

/** Resolves when the job is as asked, looking again at each event of its tasks. */
export async function until(client, jobId, isSo) {
  for await (const { eventtype } of client.watchJob(jobId)) {
    if (!eventtype.startsWith('Task')) continue;
    const job = await client.getJob(jobId);
    if (isSo(job)) return job;
  }
  throw new Error(`job ${jobId} ended before it was as asked`);
}

export const statesOf = ({ tasks }) => tasks.map(({ key, status }) => `${key} ${status}`).join(', ');
