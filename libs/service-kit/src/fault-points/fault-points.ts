import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** A moment in the life of a process: just before or just after something that is there to stay. */
export interface Moment {
  readonly when: 'before' | 'after';
  /** The event appended (`StepCompleted:verify` for a step), `report:<kind>` of a runner, or `start`. */
  readonly what: string;
  /** The job an event belongs to, the execution of a report, the process that starts. */
  readonly about: string;
}

/** Lets a test hold a process at an exact moment, and kill it, or what it depends on, exactly there. */
export interface FaultPoints {
  /** Resolves at once, unless a test holds this very moment: then when the test lets go. */
  pass(moment: Moment): Promise<void>;
}

/** The file `<name>.armed`; whoever comes to that moment makes it `<name>.held`, and goes on when that is gone. */
const armedPoint = z.object({
  process: z.string(),
  when: z.enum(['before', 'after']),
  what: z.string(),
  about: z.string(),
});

const LOOK_EVERY_MS = 2;

/**
 * null unless two variables of the process's environment are set when it starts, `NECROCODE_FAULT_POINTS` (a directory) and
 * `NECROCODE_TEST_FAULTS=hold`. Nothing else leads here: no message, no request, no command line, no configuration file.
 * @param name of this process, such as `dispatcher`
 */
export function openFaultPoints(name: string, env: NodeJS.ProcessEnv = process.env): FaultPoints | null {
  const directory = env['NECROCODE_FAULT_POINTS'];
  if (directory === undefined || env['NECROCODE_TEST_FAULTS'] !== 'hold') return null;
  return {
    async pass(moment) {
      const held = claim(directory, name, moment);
      while (held !== undefined && existsSync(held)) await delay(LOOK_EVERY_MS);
    },
  };
}

/** @returns the file to wait for; a moment is held once, whoever comes first */
function claim(directory: string, name: string, moment: Moment): string | undefined {
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.armed')) continue;
    const path = join(directory, file);
    try {
      const armed = armedPoint.parse(JSON.parse(readFileSync(path, 'utf8')));
      if (armed.process !== name || armed.when !== moment.when || armed.what !== moment.what) continue;
      if (armed.about !== moment.about) continue;
      const held = path.replace(/armed$/, 'held');
      renameSync(path, held);
      return held;
    } catch {
      continue; // Claimed by another, or disarmed, since the directory was listed.
    }
  }
  return undefined;
}
