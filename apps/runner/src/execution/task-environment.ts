import type { StartRequest } from '@necrocode/contracts';
import type { Place } from '../workspace/place.js';
import { OWNER } from './marks.js';

/** What a task gets of the agent's own environment. Nothing else: it may hold credentials. */
const PASSED_ON = ['PATH', 'LANG', 'LC_ALL', 'TZ'] as const;

/** The whole environment of a task: the task's own settings over a few of the agent's, and what it may know of itself. */
export function taskEnvironment(
  { env, execution, taskKey }: Pick<StartRequest, 'env' | 'execution' | 'taskKey'>,
  place: Pick<Place, 'workspace' | 'slot' | 'temporary'>,
  own: NodeJS.ProcessEnv,
): Record<string, string> {
  const passedOn = Object.fromEntries(
    PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])),
  );
  return {
    ...passedOn,
    HOME: place.workspace,
    TMPDIR: place.temporary,
    ...env,
    [OWNER]: execution.runnerId,
    NECROCODE_JOB_ID: execution.jobId,
    NECROCODE_TASK_ID: execution.taskId,
    NECROCODE_TASK_KEY: taskKey,
    NECROCODE_ATTEMPT: String(execution.attempt),
    NECROCODE_WORKSPACE: place.workspace,
    ...(place.slot === null ? {} : { NECROCODE_SLOT_DIR: place.slot }),
  };
}
