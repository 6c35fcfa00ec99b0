import type {
  CancellationId,
  Containment,
  EndReason,
  ExecutionCommand,
  ExecutionEnding,
  ExecutionId,
  ExecutionIdentity,
  ExecutionStop,
  JobId,
  SlotEvidence,
  SlotId,
  StopRequest,
} from '@necrocode/domain';
import type { RunnerFinding } from '@necrocode/domain';
import type { TreeSight } from '../../reality/containment.js';
import type { Machine } from '../../reality/machine.js';
import type { Program } from '../../reality/program.js';
import type { Life } from '../../world/life.js';
import type { World } from '../../world/world.js';
import { Unavailable } from '../../world/unavailable.js';
import { endingWithoutTree } from './endings.js';
import type { ExecutionFile } from './execution-file.js';
import { Hold } from './hold.js';
import { LiveExecution } from './live-execution.js';
import { RecordedTrees } from './recorded-trees.js';

export interface AgentParts {
  readonly life: Life;
  readonly world: World;
  readonly machine: Machine;
  readonly sight: TreeSight;
  readonly means: Containment;
  readonly capacity: number;
  readonly hasContact: () => boolean;
  /** The state directory: outlives the agent. */
  readonly files: Map<ExecutionId, ExecutionFile>;
  readonly programOf: (taskId: string) => Program;
  /** Whether anything of it is stored yet. */
  readonly isKnown: (executionId: ExecutionId) => boolean;
  readonly report: (command: ExecutionCommand) => void;
  /** @param again under a new id: somebody asks who may not have had the first one */
  readonly reportEnd: (execution: ExecutionIdentity, ending: ExecutionEnding, again?: boolean) => void;
}

const AT_ONCE = { signal: 'SIGTERM', signalTo: 'tree', gracePeriodMs: 0, force: true } as const;

export type StartAnswer = 'accepted' | 'tombstone' | 'full';

/** What a runner does when it is asked: the order of things is that of `apps/runner/src/control/agent.ts`. */
export class Agent {
  readonly #live = new Map<ExecutionId, LiveExecution>();
  readonly #holds = new Map<ExecutionId, Hold>();
  /** What it finds of others, and what it could not prove. */
  readonly recorded: RecordedTrees;

  constructor(private readonly parts: AgentParts) {
    this.recorded = new RecordedTrees(parts, (executionId) => this.#live.has(executionId));
  }

  executionIds(): readonly ExecutionId[] {
    return [...this.#live.keys()];
  }

  start(execution: ExecutionIdentity): StartAnswer {
    const { files, capacity, world, machine } = this.parts;
    const { executionId } = execution;
    if (this.#live.has(executionId)) return 'accepted';
    const known = world.broken('forget-what-was-started') ? undefined : files.get(executionId);
    if (known?.ending?.reason === 'stopped' && !known.ending.started && !world.broken('drop-tombstone')) {
      world.reach('start-after-tombstone');
      return 'tombstone';
    }
    if (known?.refused) return 'full';
    if (known && !(known.ending?.started === false && world.broken('drop-tombstone'))) {
      // Who asks again has not heard how it ended.
      if (known.ending) this.parts.reportEnd(known.execution, known.ending, true);
      return 'accepted';
    }
    if (this.#live.size >= capacity) {
      if (!world.broken('forget-refusals'))
        files.set(executionId, { execution, stop: null, tree: null, ending: null, refused: true });
      return 'full';
    }
    if (!this.parts.hasContact()) {
      world.reach('start-without-contact');
      throw new Unavailable('no contact: not answered');
    }
    if (machine.tombstones.has(executionId)) machine.wrongStarts.push(`${executionId} starts after its tombstone`);
    if (machine.released.has(executionId)) machine.wrongStarts.push(`${executionId} starts a second time`);
    const live = new LiveExecution(this.parts, execution, this.#holdOf(executionId));
    this.#live.set(executionId, live);
    this.parts.life.run(async () => {
      await live.ended;
      this.#live.delete(executionId);
      this.#holds.delete(executionId);
    });
    return 'accepted';
  }

  stop(stops: readonly ExecutionStop[]): void {
    for (const { execution, stop } of stops) this.#stopOne(execution, stop);
  }

  freeze(executions: readonly ExecutionIdentity[], cancellationId: CancellationId): readonly ExecutionId[] {
    return executions.flatMap(({ executionId }) => {
      const live = this.#live.get(executionId);
      if (live) return live.freeze(cancellationId) === 'refused' ? [] : [executionId];
      if (this.parts.files.get(executionId)?.ending) return [executionId];
      return this.#holdOf(executionId).take(cancellationId) ? [executionId] : [];
    });
  }

  thaw(executions: readonly ExecutionIdentity[], cancellationId: CancellationId): readonly ExecutionId[] {
    for (const { executionId } of executions) {
      const live = this.#live.get(executionId);
      if (live) live.thaw(cancellationId);
      else this.#holdOf(executionId).release(cancellationId);
    }
    return executions.map(({ executionId }) => executionId);
  }

  async endSome(executionIds: readonly ExecutionId[], reason: EndReason): Promise<void> {
    const ending = executionIds.flatMap((executionId) => this.#live.get(executionId) ?? []);
    for (const live of ending) live.stop({ ...AT_ONCE, cancellationId: null }, reason);
    await Promise.all(ending.map(({ ended }) => ended));
  }

  /** Workspaces in which nothing runs that is known here. */
  idleWorkspaces(): readonly JobId[] {
    const busy = new Set([...this.#live.values()].map(({ execution }) => execution.jobId));
    return [...this.parts.machine.workspaces.keys()].filter((jobId) => !busy.has(jobId));
  }

  /** @returns null: refused, the job still runs here */
  cleanWorkspace(jobId: ExecutionIdentity['jobId'], remove: boolean): number | null {
    const { machine } = this.parts;
    const isBusy = [...this.#live.values()].some(({ execution }) => execution.jobId === jobId);
    if (remove && isBusy) return null;
    if (!remove) return 0;
    const writers = [...machine.processes.values()].filter(({ owner }) => owner?.jobId === jobId);
    if (writers.length > 0) machine.cleanedTooEarly.push(`workspace of ${jobId}: pid ${writers[0]?.pid ?? 0} is alive`);
    const files = machine.workspaces.get(jobId) ?? 0;
    machine.workspaces.delete(jobId);
    return files;
  }

  cleanSlot(slotId: SlotId, kind: SlotEvidence['kind']): SlotEvidence {
    const { machine } = this.parts;
    const user = [...machine.processes.values()].find(({ owner }) => owner?.slotId === slotId);
    if (user) machine.cleanedTooEarly.push(`slot ${slotId}: pid ${user.pid} is alive`);
    machine.dirt.delete(slotId);
    return { kind, leftEntries: 0, checkedAt: this.parts.life.now() };
  }

  /** A fresh look at the world: whoever the kernel or a mark knows, whatever this agent believes. */
  inspect(executionIds: readonly ExecutionId[], jobId: ExecutionIdentity['jobId'] | null): RunnerFinding {
    const { machine, sight, files, world } = this.parts;
    machine.inspectedAt.push(world.now);
    const survivors = executionIds.flatMap((id) => sight.members(id, files.get(id)?.tree?.seen ?? []));
    return { survivors: survivors.length, leftFiles: jobId === null ? 0 : (machine.workspaces.get(jobId) ?? 0) };
  }

  /** Reports of an old attempt that come out of nowhere. */
  reportStale(): void {
    for (const { execution } of this.#live.values()) {
      // Of an execution nobody has heard of yet the first report names the token: the id is drawn for one attempt alone.
      if (!this.parts.isKnown(execution.executionId)) continue;
      const at = this.parts.life.now();
      const ending = endingWithoutTree('stopped', this.parts.means, at, null);
      const stale = { ...execution, fencingToken: execution.fencingToken - 1 };
      this.parts.report({ type: 'RecordEnded', execution: stale, ending: { ...ending, started: true }, at });
    }
  }

  #stopOne(execution: ExecutionIdentity, stop: StopRequest): void {
    const { executionId } = execution;
    const { files, means, life, machine, world } = this.parts;
    const live = this.#live.get(executionId);
    if (live) return live.stop(stop, 'stopped');
    const known = files.get(executionId);
    if (known?.ending) return this.#lookAgain(known, known.ending, stop);
    this.#holds.delete(executionId);
    const ending = endingWithoutTree('stopped', means, life.now(), stop);
    files.set(executionId, { execution, stop, tree: null, ending });
    machine.tombstones.add(executionId);
    world.reach('tombstone');
    this.parts.reportEnd(execution, ending);
  }

  /** It has ended, by what is known here; whoever forces a stop has found the contrary, or needs the proof that is missing. */
  #lookAgain(file: ExecutionFile, ending: ExecutionEnding, stop: StopRequest): void {
    const { execution } = file;
    const unproven = ending.evidence.provenGoneAt === null;
    if (!file.tree || !(unproven || stop.force)) return this.parts.reportEnd(execution, ending, true);
    this.recorded.proveLater(file, ending);
  }

  #holdOf(executionId: ExecutionId): Hold {
    const known = this.#holds.get(executionId);
    if (known) return known;
    const hold = new Hold();
    this.#holds.set(executionId, hold);
    return hold;
  }
}
