import type { ExecutionIdentity } from '@necrocode/domain';
import { ask } from '../ask.js';
import { appendTogether } from '../streams/append-together.js';
import { assignReady } from './assign.js';
import { ACTOR, type DispatcherParts } from './dispatcher-parts.js';

/** Assigns what is ready and asks for each start until the job's stream says that it happened, ended or is not wanted any more. */
export class StartExecutions {
  #isAssigning = false;
  #isWanted = false;

  constructor(private readonly parts: DispatcherParts) {}

  /** One round at a time; who asks meanwhile gets another one. */
  async assign(): Promise<void> {
    const { life, site, store, streams } = this.parts;
    this.#isWanted = true;
    if (this.#isAssigning) return;
    this.#isAssigning = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        for (const execution of await assignReady(life, site, store, streams)) life.run(() => this.#start(execution));
      }
    } finally {
      this.#isAssigning = false;
    }
  }

  async drive(): Promise<void> {
    const { site, streams } = this.parts;
    const jobs = await streams.loadAll([...site.tables.openJobs]);
    const pending = [...jobs.values()].flatMap(({ state: { job } }) =>
      job.status === 'unknown'
        ? []
        : job.tasks.flatMap(({ spec, progress }) =>
            progress.status === 'pending' ? [{ ...progress.assignment, jobId: job.jobId, taskId: spec.taskId }] : [],
          ),
    );
    await Promise.all(pending.map((execution) => this.#start(execution).catch(() => undefined)));
  }

  async #start(execution: ExecutionIdentity): Promise<void> {
    const { life, site, store, streams, wake } = this.parts;
    const { jobId, taskId, executionId, slot } = execution;
    const agent = site.agents.get(execution.runnerId);
    if (!agent) return;
    const answer = await ask(life, agent, (there) => there.start(execution));
    if (answer !== 'full') return;
    const at = life.now();
    const decide = async () => {
      const command = { type: 'UnassignTask' as const, taskId, executionId, because: answer, at };
      const unassigned = await streams.decide(jobId, command);
      if (unassigned.events.length === 0 || !slot) return [unassigned];
      const free = { type: 'FreeSlot' as const, slotId: slot.slotId, executionId, evidence: null, at };
      return [unassigned, await streams.decideSlot(free)];
    };
    await appendTogether(store, decide, { id: `${executionId}/refused`, actor: ACTOR, correlationId: jobId });
    wake();
  }
}
