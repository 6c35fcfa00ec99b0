import { parseStreamId } from '@necrocode/contracts';
import {
  type CancellationEvent,
  type CancellationId,
  type ExecutionEvent,
  type ExecutionId,
  executionDecider,
  type ExecutionState,
  type JobEvent,
  type JobId,
  type SlotPool,
  slotPoolDecider,
  type SlotPoolEvent,
} from '@necrocode/domain';
import { type StoredEvent, toDomainEvent } from '@necrocode/event-store';
import type { Machine } from '../reality/machine.js';
import type { Process } from '../reality/process.js';
import { LEASE_MS, type Site } from '../services/site.js';
import { Violation } from './violation.js';
import { type Certified, WatchCancellations } from './watch-cancellations.js';
import { WatchJobs } from './watch-jobs.js';

/**
 * Looks at what is so — processes, files, slots, the store's events — and never at what a service believes. Everything that is
 * appended is looked at when it is, everything on the machines after each step.
 */
export class Oracle {
  readonly jobs = new WatchJobs();
  readonly cancellations = new WatchCancellations();
  violation: Violation | null = null;
  #pool: SlotPool = slotPoolDecider.initial;
  readonly #executions = new Map<ExecutionId, ExecutionState>();
  readonly #certified: Certified[] = [];
  readonly #verifyingSince = new Map<string, number>();
  readonly #gone = new Map<ExecutionId, CancellationId>();

  constructor(private readonly site: Site) {
    site.access.store.listen((events) => this.#guarded(() => events.forEach((event) => this.#seeEvent(event))));
  }

  get pool(): SlotPool {
    return this.#pool;
  }

  /** After every step. */
  look(): void {
    this.#guarded(() => {
      for (const { machine } of this.site.agents.values()) this.#lookAt(machine);
      this.#lookAtOrder();
    });
  }

  #guarded(look: () => void): void {
    if (this.violation) return;
    try {
      look();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.violation = error;
    }
  }

  #seeEvent(stored: StoredEvent): void {
    const { aggregate, aggregateId } = parseStreamId(stored.streamId);
    switch (aggregate) {
      case 'job':
        return this.jobs.see(aggregateId as JobId, toDomainEvent<JobEvent>(stored));
      case 'execution':
        return this.#seeExecution(aggregateId as ExecutionId, toDomainEvent<ExecutionEvent>(stored));
      case 'slot-pool':
        return this.#seeSlot(toDomainEvent<SlotPoolEvent>(stored));
      case 'cancellation': {
        if (stored.type.startsWith('Bulk')) return;
        const event = toDomainEvent<CancellationEvent>(stored);
        if (event.type === 'StepStarted' && event.step === 'verify')
          this.#verifyingSince.set(aggregateId, this.site.world.now);
        if (event.type === 'TerminationRecorded') this.#hasEnded(event.execution.executionId);
        const certified = this.cancellations.see(aggregateId as CancellationId, event);
        if (certified) this.#certify(certified);
        return;
      }
      default:
    }
  }

  /** What a cancellation records of an end has to have been seen by the runner's own report. */
  #hasEnded(id: ExecutionId): void {
    if (this.#executions.get(id)?.status !== 'ended')
      throw new Violation('evidence', `${id} counts as gone, and nobody reported its end`);
  }

  /** Two looks at the machines themselves. */
  #wasLookedAtTwice({ cancellationId, executionIds }: Certified): void {
    const since = this.#verifyingSince.get(cancellationId) ?? Infinity;
    for (const { machine } of this.site.agents.values()) {
      if (!executionIds.some((id) => machine.released.has(id))) continue;
      const looks = machine.inspectedAt.filter((at) => at >= since).length;
      if (looks < 2)
        throw new Violation('1', `${cancellationId} is certified after ${looks} looks at ${machine.runnerId}`);
    }
  }

  /** Invariant 1 begins to hold, for ever. */
  #certify(certified: Certified): void {
    this.#wasLookedAtTwice(certified);
    const dispatched = this.jobs.jobs.get(certified.jobId);
    const every =
      certified.wholeJob && dispatched?.job.status !== 'unknown'
        ? (dispatched?.job.tasks.flatMap(({ executionIds }) => executionIds) ?? [])
        : [];
    const executionIds = [...new Set([...certified.executionIds, ...every])];
    this.#certified.push(certified);
    for (const id of executionIds) this.#gone.set(id, certified.cancellationId);
    this.#noSlotHeldByTheGone();
  }

  /** Free if it was its own to release; one that a task of the job had given back before may still wait to be cleaned. */
  #noSlotHeldByTheGone(): void {
    for (const { slotId, use } of this.#pool.slots.values()) {
      const by = use.status === 'free' ? undefined : this.#gone.get(use.holder.executionId);
      const own = this.#certified.some(
        ({ executionIds }) => use.status !== 'free' && executionIds.includes(use.holder.executionId),
      );
      if (by && (own || use.status === 'leased'))
        throw new Violation('1', `${slotId} is ${use.status} although ${by} is certified`);
    }
  }

  #seeExecution(id: ExecutionId, event: ExecutionEvent): void {
    const before = this.#executions.get(id) ?? executionDecider.initial;
    const after = executionDecider.evolve(before, event);
    this.#executions.set(id, after);
    if (before.status === 'ended' && after.status !== 'ended')
      throw new Violation('4', `${id} had ended and is ${after.status}`);
    if (event.type === 'ExecutionEnded') this.#seeEnding(event);
    if (event.type === 'ExecutionFenced') this.#seeFencing(event.execution.executionId);
  }

  #seeEnding({ execution, ending }: Extract<ExecutionEvent, { type: 'ExecutionEnded' }>): void {
    const { executionId, runnerId, fencingToken } = execution;
    const token = this.jobs.tokens.get(executionId);
    if (token !== fencingToken)
      throw new Violation('4', `${executionId} has token ${token}, and one with ${fencingToken} ends it`);
    const machine = this.site.agents.get(runnerId)?.machine;
    if (!machine || machine.liedAbout.has(executionId)) return;
    if (!ending.started && machine.released.has(executionId) && ending.reason !== 'runner-restarted')
      throw new Violation('evidence', `${executionId} is said never to have started, and it had`);
    const alive = machine.of(executionId);
    if (ending.evidence.provenGoneAt !== null && alive.length > 0)
      throw new Violation('evidence', `${executionId} is proven gone, and pid ${alive[0]?.pid ?? 0} is alive`);
  }

  /** The runner stops itself before the monitor gives it up. One that is dead or stands still cannot. */
  #seeFencing(id: ExecutionId): void {
    const { world } = this.site;
    for (const { machine, host } of this.site.agents.values()) {
      const hasBeenWell =
        host.life !== null && world.now - host.upSince > LEASE_MS && world.now - host.stoppedUntil > LEASE_MS;
      const survivor = machine
        .of(id)
        .find((process) => world.now - process.bornAtMs > LEASE_MS && !wasUnkillable(process));
      if (hasBeenWell && survivor && !machine.liedAbout.has(id))
        throw new Violation('fencing', `${id} is fenced while ${host.name} is well and lets pid ${survivor.pid} run`);
    }
  }

  #seeSlot(event: SlotPoolEvent): void {
    this.#pool = slotPoolDecider.evolve(this.#pool, event);
    if (event.type === 'SlotsAdded') return;
    const { slotId, holder } = event;
    for (const { machine } of this.site.agents.values()) {
      const users = [...machine.processes.values()].filter(({ owner }) => owner?.slotId === slotId);
      const user = users.find(({ owner }) => owner && !machine.liedAbout.has(owner.executionId));
      if (event.type === 'SlotFreed' && user)
        throw new Violation('4', `${slotId} is freed while pid ${user.pid} uses it`);
      if (event.type !== 'SlotLeased') continue;
      const other = users.find(
        ({ owner }) => owner && owner.executionId !== holder.executionId && !machine.liedAbout.has(owner.executionId),
      );
      if (other) throw new Violation('4', `${slotId} is leased while pid ${other.pid} of another uses it`);
      if ((machine.dirt.get(slotId) ?? 0) > 0)
        throw new Violation('4', `${slotId} is leased while something is left in it`);
    }
    this.#noSlotHeldByTheGone();
  }

  #lookAt(machine: Machine): void {
    const [wrong] = machine.wrongTargets;
    if (wrong) throw new Violation('foreign', wrong);
    const [start] = machine.wrongStarts;
    if (start) throw new Violation('2', start);
    const early = machine.cleanedTooEarly.find((what) => ![...machine.liedAbout].length || !what);
    if (early) throw new Violation('clean', early);
    const leaders = new Map<string, Process>();
    for (const process of machine.processes.values()) {
      const { owner } = process;
      if (!owner || process.state === 'held') continue;
      const by = this.#gone.get(owner.executionId);
      if (by)
        throw new Violation('1', `pid ${process.pid} of ${owner.executionId} is alive although ${by} is certified`);
      if (!process.isLeader) continue;
      const other = leaders.get(owner.taskId);
      if (other && !isExcused(machine, other) && !isExcused(machine, process))
        throw new Violation(
          'fencing',
          `two attempts of ${owner.taskId} run at once: pids ${other.pid} and ${process.pid}`,
        );
      leaders.set(owner.taskId, process);
    }
    for (const { wholeJob, jobId, cancellationId } of this.#certified) {
      const files = machine.workspaces.get(jobId) ?? 0;
      if (wholeJob && files > 0)
        throw new Violation('1', `${files} files of ${jobId} are left although ${cancellationId} is certified`);
    }
  }

  /** What JetStream holds is in the store's order, each event once. */
  #lookAtOrder(): void {
    const { log } = this.site.events;
    const [last, before] = [log.at(-1), log.at(-2)];
    if (last && before && last.position <= before.position)
      throw new Violation('order', `JetStream holds position ${last.position} behind ${before.position}`);
  }
}

function wasUnkillable({ isKilled, unkillableUntil }: Process): boolean {
  return isKilled || unkillableUntil > 0;
}

/** Nobody could have ended it, or somebody lied about it. */
function isExcused({ liedAbout }: Machine, process: Process): boolean {
  return wasUnkillable(process) || (process.owner !== null && liedAbout.has(process.owner.executionId));
}
