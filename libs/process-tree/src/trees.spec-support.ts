import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { hostileCommand, type HostileRole, hostileToken, livingProcesses } from '@necrocode/testing/hostile';
import { type Containment, type ContainmentMeans, containmentMeans } from './contain/containment.js';
import { detectContainment } from './contain/detect-containment.js';
import { spawnTree, type SpawnTreeOptions } from './launch/spawn-tree.js';
import type { ProcessTree } from './process-tree.js';
import { closeContainment } from './recover/list-containments.js';

/** Repetitions of what could go well by luck. */
export const manyTimes = 10;

const group = `spec-${process.pid}-${randomUUID().slice(0, 8)}`;

/** Every means there is on this machine for this user, each forced in turn. Not there: not in the list. */
export async function availableContainments(): Promise<readonly (readonly [ContainmentMeans, Containment])[]> {
  const found = await Promise.all(containmentMeans.map((means) => detectContainment({ group, allow: [means] })));
  return found.filter(({ means }, index) => means === containmentMeans[index]).map((found) => [found.means, found]);
}

export interface HostileTree {
  readonly tree: ProcessTree;
  /** Looks for the tree's processes without the code under test. */
  living(): number[];
}

const started = new Set<ProcessTree>();
const hostileTokens = new Set<string>();

export const plainEnv: Readonly<Record<string, string>> = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };

/** The options of a tree that differs from every other; what matters to a spec it overrides. */
export const anyTree = (containment: Containment): Omit<SpawnTreeOptions, 'command'> => {
  const name = `tree-${randomUUID()}`;
  return {
    name,
    cwd: tmpdir(),
    env: plainEnv,
    marker: { name: 'SPEC_TREE_ID', value: name },
    containment,
    stderr: 'ignore',
  };
};

/** Starts a tree that is ended after the spec if the spec does not get that far. */
export async function startTree(options: SpawnTreeOptions): Promise<ProcessTree> {
  const tree = await spawnTree(options);
  started.add(tree);
  return tree;
}

/** Starts a hostile tree and waits until it says that it is what it is meant to be. */
export async function startHostile(
  containment: Containment,
  role: HostileRole,
  ...args: readonly string[]
): Promise<HostileTree> {
  const token = hostileToken();
  hostileTokens.add(token);
  const tree = await startTree({ ...anyTree(containment), command: hostileCommand(role, token, ...args) });
  await readLine(tree);
  return { tree, living: () => livingProcesses(token) };
}

/** The first line the tree prints. */
export async function readLine({ stdout }: ProcessTree): Promise<string> {
  if (stdout === null) throw new Error('its stdout is not a pipe');
  const [chunk] = (await once(stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

/** After each spec, whether it passed or not: nothing of it stays, not even what the code under test cannot end. */
export async function endTrees(): Promise<void> {
  for (const pid of [...hostileTokens].flatMap(livingProcesses)) killQuietly(pid);
  await Promise.all(
    [...started].map(async (tree) => {
      await tree.stop({ gracePeriodMs: 0, force: true });
      await tree.outputEnded;
    }),
  );
  hostileTokens.clear();
  started.clear();
}

/** After the last spec of a file. */
export function closeContainments(containments: readonly (readonly [ContainmentMeans, Containment])[]): void {
  for (const [, containment] of containments) closeContainment(containment);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since it was found.
  }
}
