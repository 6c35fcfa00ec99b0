import type { StdioOptions } from 'node:child_process';
import { removeCgroups } from '../contain/cgroup-directory.js';
import { type Containment, isPlainName } from '../contain/containment.js';
import { makePlace, openCell } from '../contain/open-cell.js';
import { ProcessTreeError } from '../errors.js';
import { currentBootId } from '../proc/boot-id.js';
import { type Marker, resourceTagOf } from '../proc/marker.js';
import { ProcessTree } from '../process-tree.js';
import type { TreeRecord } from '../tree-record.js';
import { gateOf } from './gate.js';
import { launcherFor } from './launcher.js';
import { openOutput, type OutputTarget } from './output.js';
import { resolveCommand } from './resolve-command.js';
import { type SpawnedLeader, spawnLeader } from './spawn-leader.js';

export interface SpawnTreeOptions {
  /** Names the tree within its group, once at a time. Letters, digits, `_`, `-`. */
  readonly name: string;
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Absolute path. */
  readonly cwd: string;
  /** The whole environment of the command; the marker is added. PWD says `cwd`. */
  readonly env: Readonly<Record<string, string>>;
  /** Its value must be unique to this tree: it is what escapees are known by. */
  readonly marker: Marker;
  readonly containment: Containment;
  /** Default `pipe`. */
  readonly stdout?: OutputTarget;
  readonly stderr?: OutputTarget;
  /** Another user to run as; only for root. Such a tree cannot leave its cgroup. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /** How long, after the leader has ended, its output may be held open by others; default 2,000. */
  readonly outputTimeoutMs?: number;
  /**
   * Asked when the tree is held in its containment and nothing of the command has run: the place to write down
   * `tree.record` and to look whether a stop has come in between. False, or a throw, and it never runs.
   */
  readonly beforeRelease?: (tree: ProcessTree) => Promise<boolean>;
}

/**
 * Starts a command as the leader of a contained tree of its own. Resolves when it runs, or was not let go
 * (`tree.state` says which). Every tree must be ended by `tree.stop()`, also after its leader ended by itself: that is
 * what finds who was left behind.
 * @throws ProcessTreeError with the reason as code; then nothing of the command is left
 */
export async function spawnTree(options: SpawnTreeOptions): Promise<ProcessTree> {
  const tree = await hold(options);
  let released = false;
  try {
    const mayGo = options.beforeRelease === undefined || (await options.beforeRelease(tree));
    released = mayGo && (await tree.release());
  } finally {
    if (!released) await tree.stop({ gracePeriodMs: 0, force: true });
  }
  return tree;
}

async function hold(options: SpawnTreeOptions): Promise<ProcessTree> {
  const { name, marker, containment, cwd, command, runAs } = options;
  if (!isPlainName(name)) throw new ProcessTreeError('name-unsupported', `"${name}" cannot name a tree.`);
  const env = { ...options.env, [marker.name]: marker.value };
  const launcher = launcherFor(command, resolveCommand(command, cwd, env), env, resourceTagOf(marker));
  const cgroup = makePlace(containment, name);
  const stdout = openOutput(options.stdout ?? 'pipe');
  const stderr = openOutput(options.stderr ?? 'pipe');
  let leader: SpawnedLeader | undefined;
  try {
    const stdio: StdioOptions = ['ignore', stdout.stdio, stderr.stdio, 'pipe'];
    leader = await spawnLeader(launcher.file, launcher.args, { cwd, env, stdio, ...runAs });
    const gate = gateOf(leader.child); // Before anything is waited for: a launcher that is killed now is not missed.
    const record: TreeRecord = {
      version: 1,
      name,
      marker,
      bootId: currentBootId(),
      pid: leader.row.pid,
      startTime: leader.row.startTime,
      means: containment.means,
      cgroup,
      mayEscape: runAs === undefined || runAs.uid === process.getuid?.(),
      startedAt: new Date().toISOString(),
    };
    const cell = openCell(record, { orphansComeHome: containment.aids.subreaper });
    await cell.admit(leader.row);
    return new ProcessTree({
      record,
      cell,
      gate,
      exited: leader.exited,
      stdout: stdout.spawned(leader.child.stdout),
      stderr: stderr.spawned(leader.child.stderr),
      outputTimeoutMs: options.outputTimeoutMs ?? 2_000,
    });
  } catch (cause) {
    leader?.child.kill('SIGKILL');
    await leader?.exited;
    stdout.spawned(leader?.child.stdout)?.destroy();
    stderr.spawned(leader?.child.stderr)?.destroy();
    if (cgroup !== null) removeCgroups(cgroup.directory);
    throw new ProcessTreeError('spawn-failed', `${name} could not be started.`, { cause });
  }
}
