import { detectContainment, type ProcessTree, spawnTree } from '@necrocode/process-tree';
import type { ExecutionId } from '@necrocode/domain';
import { MARKER } from '../execution/marks.js';
import { OutputFiles } from '../execution/output-files.js';
import { RunnerHome } from '../workspace/place.js';

/** What a killed agent leaves: trees of its executions that nobody has in hand. */
export class LeftTrees {
  readonly #left: ProcessTree[] = [];

  constructor(
    private readonly home: string,
    private readonly workspace: string,
  ) {}

  /**
   * @param more.group of containments; default: that of this home's runner
   * @param more.intoFiles its output, as under an agent that adopts
   */
  async leave(
    executionId: ExecutionId,
    command: readonly string[],
    { group = new RunnerHome(this.home).group, intoFiles = false } = {},
  ): Promise<ProcessTree> {
    const written = intoFiles ? new OutputFiles(this.home).open(executionId) : undefined;
    const tree = await spawnTree({
      name: executionId,
      command,
      cwd: this.workspace,
      env: { PATH: '/usr/bin:/bin' },
      marker: { name: MARKER, value: executionId },
      containment: await detectContainment({ group }),
      ...(written ? { stdout: written.stdout, stderr: written.stderr } : {}),
    }).finally(() => written?.close());
    this.#left.push(tree);
    return tree;
  }

  /** Whoever is left of them. */
  async end(): Promise<void> {
    await Promise.all(this.#left.splice(0).map((tree) => tree.stop({ gracePeriodMs: 0, force: true })));
  }
}
