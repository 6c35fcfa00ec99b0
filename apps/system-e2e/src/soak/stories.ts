import type { SubmitJobInput } from '@necrocode/contracts';
import type { PatientUser } from './patient-user.js';
import type { Random } from './random.js';

/** One use of the system, from the submission to an end that is known. */
export type Story = (user: PatientUser, random: Random) => Promise<void>;

type TaskInput = SubmitJobInput['tasks'][number];
const SLEEP: TaskInput = { key: 'sleep', command: ['sleep', '1000'] };
const STUBBORN: TaskInput = {
  key: 'stubborn',
  command: ['sh', '-c', 'trap "" TERM; setsid sleep 1000 & while :; do sleep 1; done'],
  gracePeriodMs: 300,
};
const TREE: TaskInput = { key: 'tree', command: ['sh', '-c', 'setsid sleep 1000 & sleep 1000 & sleep 1000'] };
const SLOT: TaskInput = { key: 'slot', command: ['sleep', '1000'], slot: { pool: 'repos' }, artifacts: ['made'] };
const CALL: TaskInput = { key: 'call', handler: 'count', input: { to: 10_000, everyMs: 50 } };
const job = (name: string, ...tasks: TaskInput[]): SubmitJobInput => ({ name, tasks });
const RUNS_ON: readonly [TaskInput, ...TaskInput[]] = [SLEEP, STUBBORN, TREE, SLOT, CALL];

const runs: Story = async (user) => {
  const { jobId } = await user.submit(job('short', { key: 'short', command: ['true'], retry: { maxAttempts: 3 } }));
  await user.untilOver(jobId);
};

const cancelled: Story = async (user, random) => {
  const { jobId } = await user.submit(job('cancelled', random.pick(RUNS_ON)));
  if (random.below(3) > 0) await user.untilRunning(jobId);
  await user.untilSettled(await user.cancel(jobId, { force: random.below(4) === 0 }));
  await user.untilOver(jobId);
};

const joined: Story = async (user, random) => {
  const { jobId } = await user.submit(job('joined', random.pick(RUNS_ON)));
  await user.untilRunning(jobId);
  const asked = [user.cancel(jobId), user.cancel(jobId), user.cancel(jobId, { force: true })];
  for (const cancellationId of await Promise.all(asked)) await user.untilSettled(cancellationId);
  await user.untilOver(jobId);
};

const taskCancelled: Story = async (user) => {
  const behind: TaskInput = { key: 'behind', dependsOn: ['sleep'], command: ['true'] };
  const { jobId, tasks } = await user.submit(job('task', SLEEP, behind, { key: 'beside', command: ['true'] }));
  await user.untilRunning(jobId);
  const first = tasks[0]?.taskId;
  if (first !== undefined) await user.untilSettled(await user.cancelTask(first));
  await user.untilSettled(await user.cancel(jobId));
  await user.untilOver(jobId);
};

const undone: Story = async (user) => {
  const { jobId } = await user.submit(job('undone', SLEEP));
  await user.untilRunning(jobId);
  const cancellationId = await user.cancel(jobId, { undoWindowMs: 60_000 });
  if (cancellationId !== null) {
    await user.undo(cancellationId);
    await user.untilSettled(cancellationId);
  }
  await user.untilSettled(await user.cancel(jobId));
  await user.untilOver(jobId);
};

const bulk: Story = async (user, random) => {
  const labels = { bulk: `b${random.below(2 ** 31)}` };
  const waiting: TaskInput = { ...SLEEP, slot: { pool: 'nowhere' } };
  const jobs = await Promise.all(
    [SLEEP, TREE, waiting, waiting].map((task) => user.submit({ ...job('bulk', task), labels })),
  );
  await user.untilSettled(await user.cancelLabelled(labels));
  for (const { jobId } of jobs) await user.untilOver(jobId);
};

/** By name, for the record of what was told. The first ones are told as often as all others together. */
export const STORIES: readonly [readonly [string, Story], ...(readonly [string, Story])[]] = [
  ['cancelled', cancelled],
  ['cancelled', cancelled],
  ['cancelled', cancelled],
  ['runs', runs],
  ['joined', joined],
  ['task cancelled', taskCancelled],
  ['undone', undone],
  ['bulk', bulk],
];
