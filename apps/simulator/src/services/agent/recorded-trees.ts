import type { ExecutionEnding, ExecutionId } from '@necrocode/domain';
import type { AgentParts } from './agent.js';
import { endingOf, endingWithoutTree } from './endings.js';
import type { ExecutionFile } from './execution-file.js';
import { OrphanStrikes } from './orphan-strikes.js';
import { StopTree } from './stop-tree.js';

const AT_ONCE = { signal: 'SIGTERM', signalTo: 'tree', gracePeriodMs: 0, force: true } as const;
const GIVE_UP_MS = 5_000;

/** Trees on record that nobody has in hand: those of a predecessor, those not proven gone, and orphans. */
export class RecordedTrees {
  readonly #looking = new Set<ExecutionId>();
  readonly #strikes: OrphanStrikes;

  /** @param isLive whether this agent runs it */
  constructor(
    private readonly parts: AgentParts,
    private readonly isLive: (executionId: ExecutionId) => boolean,
  ) {
    this.#strikes = new OrphanStrikes(parts.sight, parts.files);
  }

  /** What is killed and looked for, and not proven gone yet. */
  unproven(): readonly ExecutionId[] {
    return [...this.#looking];
  }

  /** Every tree on record that has not ended is ended and proven gone, before anything new is started. */
  async endPredecessors(): Promise<void> {
    const { files, world, life } = this.parts;
    if (world.broken('skip-predecessors')) return;
    const left = [...files.values()].filter(
      ({ ending, refused }) =>
        (ending === null && !refused) ||
        (ending?.evidence.provenGoneAt === null && !world.broken('forget-the-unproven')),
    );
    if (left.length > 0) world.reach('predecessor-ended');
    await Promise.all(left.map((file) => this.#endRecorded(file)));
    await life.effect();
  }

  /** Ends who is on this host and in nobody's hand, at the second look. */
  sweepOrphans(): void {
    if (this.parts.world.broken('never-sweep')) return;
    for (const file of this.#strikes.look((executionId) => this.#isInHand(executionId))) {
      const { executionId } = file.execution;
      this.#looking.add(executionId);
      this.parts.world.reach('orphan-ended');
      this.parts.life.run(async () => {
        await this.#killTree(file, Infinity);
        this.#looking.delete(executionId);
      });
    }
  }

  mayHaveOrphans(): boolean {
    return this.#strikes.isWorthALook((executionId) => this.#isInHand(executionId));
  }

  /** Kills and looks until nobody is left, then tells it once more. */
  proveLater(file: ExecutionFile, ending: ExecutionEnding): void {
    const { executionId } = file.execution;
    if (this.#looking.has(executionId) || this.parts.world.broken('forget-the-unproven')) return;
    this.#looking.add(executionId);
    this.parts.life.run(async () => {
      const recorded = await this.#killTree(file, Infinity);
      const { signals, forced } = ending.evidence;
      const { provenGoneAt, passes } = recorded;
      const evidence = {
        ...ending.evidence,
        signals,
        forced,
        passes,
        provenGoneAt,
        survivors: 0,
        assurance: this.parts.sight.assurance,
      };
      const proven = { ...ending, evidence };
      this.parts.files.set(executionId, { ...file, ending: proven });
      this.#looking.delete(executionId);
      this.parts.world.reach('proven-later');
      this.parts.reportEnd(file.execution, proven, true);
    });
  }

  async #endRecorded(file: ExecutionFile): Promise<void> {
    const { means, life, files } = this.parts;
    const { execution, stop, tree } = file;
    const reason = stop?.cancellationId ? 'stopped' : 'runner-restarted';
    const ending = tree
      ? endingOf(await this.#killTree(file), means, reason, stop, null)
      : endingWithoutTree(reason, means, life.now(), stop);
    files.set(execution.executionId, { ...file, ending });
    await life.effect();
    this.parts.reportEnd(execution, ending, file.ending !== null);
    if (ending?.evidence.provenGoneAt === null) this.proveLater({ ...file, ending }, ending);
  }

  #killTree({ execution, tree }: ExecutionFile, giveUpMs = GIVE_UP_MS) {
    const { life, machine, sight } = this.parts;
    const recorded = tree ?? { leader: { pid: 0, startedAt: 0 }, seen: [] };
    const run = new StopTree(life, machine, sight, execution.executionId, recorded, AT_ONCE, () => undefined);
    return run.drive(giveUpMs);
  }

  #isInHand(executionId: ExecutionId): boolean {
    return this.isLive(executionId) || this.#looking.has(executionId);
  }
}
