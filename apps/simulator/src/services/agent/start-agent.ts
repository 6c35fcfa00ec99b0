import { streamIdOf } from '@necrocode/contracts';
import type { Containment, ExecutionCommand, ExecutionId, RunnerDescription, RunnerId } from '@necrocode/domain';
import { TreeSight } from '../../reality/containment.js';
import type { Machine } from '../../reality/machine.js';
import type { Life } from '../../world/life.js';
import { Unavailable } from '../../world/unavailable.js';
import { ask } from '../ask.js';
import { LEASE_MS, type Site } from '../site.js';
import { Agent } from './agent.js';
import { Contact } from './contact.js';
import type { ExecutionFile } from './execution-file.js';

const BEATS_PER_LEASE = 6;
/** The real one takes 30 s. */
const SWEEP_MS = 5_000;

export interface AgentHome {
  readonly runnerId: RunnerId;
  readonly machine: Machine;
  readonly containment: Containment;
  readonly capacity: number;
  readonly slots: RunnerDescription['slots'];
  readonly files: Map<ExecutionId, ExecutionFile>;
}

/** An agent comes up: it ends what its predecessor left, registers, and keeps its lease for as long as it lives. */
export function startAgent(life: Life, site: Site, home: AgentHome, ready: (agent: Agent) => void): void {
  const { world } = site;
  const { runnerId, machine, containment, capacity, files } = home;
  const report = (command: ExecutionCommand, id = world.newId('report')): void =>
    life.run(async () => {
      const { executionId } = command.execution;
      while (life.host.isCutOff) await life.pause(200);
      await life.effect();
      site.reports.publish({ id, executionId, command });
    });
  const contact = new Contact(life, () => life.run(() => agent.endSome(agent.executionIds(), 'lease-lost')));
  const agent: Agent = new Agent({
    life,
    world,
    machine,
    capacity,
    hasContact: () => contact.check(),
    files,
    sight: new TreeSight(machine, containment),
    means: containment,
    programOf: site.programOf,
    isKnown: (executionId) => site.access.store.stream(streamIdOf('execution', executionId)).length > 0,
    report,
    reportEnd: (execution, ending, again = false) =>
      report(
        { type: 'RecordEnded', execution, ending, at: life.now() },
        again ? undefined : `${execution.executionId}-ended`,
      ),
  });
  const sessionId = world.newId('session');
  const slots = home.slots;
  const description: RunnerDescription = {
    runnerId,
    host: runnerId,
    bootId: 'boot',
    capacity,
    containment,
    labels: {},
    slots,
    version: '0',
  };

  const register = async (): Promise<void> => {
    for (;;) {
      const sentAt = world.now;
      try {
        const registration = { runner: { ...description, unproven: agent.recorded.unproven() }, sessionId };
        const fenced = await ask(life, site.monitor, (monitor) => monitor.register(registration));
        contact.confirm(sentAt);
        life.run(() => agent.endSome(fenced, 'fenced'));
        return;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await life.pause(200);
      }
    }
  };

  const keepLease = async (): Promise<void> => {
    for (;;) {
      contact.check(); // The next answer may be there at once, and say nothing of the silence before it.
      const sentAt = world.now;
      try {
        const beat = { runnerId, sessionId, executionIds: agent.executionIds(), workspaces: agent.idleWorkspaces() };
        const known = await ask(life, site.monitor, (monitor) => monitor.hear(beat), LEASE_MS / BEATS_PER_LEASE);
        contact.confirm(sentAt);
        if (!known) await register();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
      }
      await life.pause(LEASE_MS / BEATS_PER_LEASE);
    }
  };

  life.run(async () => {
    await agent.recorded.endPredecessors();
    ready(agent);
    life.every(
      SWEEP_MS,
      () => Promise.resolve(agent.recorded.sweepOrphans()),
      () => agent.recorded.mayHaveOrphans(),
    );
    await register();
    await keepLease();
  });
}
