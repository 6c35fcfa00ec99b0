import type { CancellationExecution } from '@necrocode/contracts';
import { type Cancellation, finalizersBudgetMs, type Hold, type StepName } from '@necrocode/domain';

/** What is not true yet, in words: one line for each step that is under way. */
export function waitingFor(cancellation: Cancellation, executions: readonly CancellationExecution[]): string[] {
  const { status, hold } = cancellation;
  if (status === 'completed' || status === 'undone') return [];
  if (hold?.phase === 'holding') return [...toFreeze(hold), `the undo window to end at ${hold.until}`];
  if (hold?.phase === 'undoing') return ['everything that was held to go on'];
  const unconfirmed = executions
    .filter(({ status }) => status === 'unconfirmed')
    .map(({ runnerId, task }) => `runner ${runnerId} to come back and prove that nothing of task "${task}" is alive`);
  const open = Object.entries(cancellation.steps).flatMap(([step, { status, lastError }]) => {
    if (status !== 'open') return [];
    // Cast: the keys of `steps` are the names of the steps.
    const subject = describe(step as StepName, cancellation, executions);
    return [lastError === null ? subject : `${subject} (last error: ${lastError.code})`];
  });
  const lines = [...open, ...unconfirmed];
  return lines.length > 0 ? lines : ['the next step to begin'];
}

function toFreeze({ executions, frozen, taskIds }: Hold): readonly string[] {
  if (taskIds === null) return ['the dispatcher to park the tasks'];
  const moving = executions.length - frozen.length;
  return moving === 0 ? [] : [`${moving} of ${executions.length} executions to stand still`];
}

function describe(step: StepName, cancellation: Cancellation, executions: readonly CancellationExecution[]): string {
  const { plan } = cancellation;
  const slots = (plan?.executions ?? []).filter(({ execution }) => execution.slot !== null).length;
  switch (step) {
    case 'validate':
      return 'the request to be checked';
    case 'block-dispatch':
      return 'the dispatcher to block new starts';
    case 'plan':
      return 'the plan to be drawn up';
    case 'dequeue':
      return 'the tasks that have not started to be cancelled';
    case 'terminate':
      return `${executions.filter(({ status }) => status !== 'ended').length} of ${executions.length} executions to end`;
    case 'settle-states':
      return finalizersBudgetMs(cancellation) > 0
        ? `every state to be final, finalizers included (they may take ${finalizersBudgetMs(cancellation) / 1_000} s)`
        : 'every state to be final';
    case 'release':
      return `${slots} slots to be proven clean and free`;
    case 'clean':
      return 'artifacts and workspaces to be handled';
    case 'verify':
      return 'a second look to find nothing left, twice in a row';
    case 'certify':
      return 'the certificate to be drawn up';
    default:
      return step satisfies never;
  }
}
