import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedError, type SupervisedProcess } from '@necrocode/embedded';

const WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 40;
/** A process that has died this often while starting will not come up by itself. */
const DEATHS_TOLERATED = 3;

/** Waits until `/readyz` answers 200. @throws EmbeddedError `start-failed` with the last line of its log, `start-timeout` */
export async function untilReady(member: {
  readonly name: string;
  readonly healthUrl: string;
  readonly logFile: string;
  readonly process: SupervisedProcess;
}): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  const pids = new Set<number>();
  for (;;) {
    if (await isReady(member.healthUrl)) return;
    if (member.process.pid !== undefined) pids.add(member.process.pid);
    if (pids.size > DEATHS_TOLERATED) throw await failed(member);
    if (Date.now() > deadline) {
      throw new EmbeddedError(
        'start-timeout',
        `The ${member.name} was not ready within ${WITHIN_MS / 1000} s.`,
        `Its log is ${member.logFile}.`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function isReady(healthUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function failed({ name, logFile }: { readonly name: string; readonly logFile: string }): Promise<EmbeddedError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const last =
    log
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(' '))
      .at(-1) ?? 'it wrote nothing';
  return new EmbeddedError(
    'start-failed',
    `The ${name} keeps dying while it starts: ${last}`,
    `Its log is ${logFile}.`,
  );
}
