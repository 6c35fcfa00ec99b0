import { type ExecutionStop, type RunnerId, type StopRequest, stopsByRunner } from '@necrocode/domain';
import type { Life } from '../../world/life.js';
import { LEASE_MS, type Site } from '../site.js';
import type { MonitorStreams } from './monitor-streams.js';

/** What is fenced may have been given to another runner already: no grace. */
const AT_ONCE: StopRequest = {
  cancellationId: null,
  signal: 'SIGTERM',
  signalTo: 'tree',
  gracePeriodMs: 0,
  force: true,
};

/** Gives silent runners up, fences what they may have left running, and ends it when they are back. */
export class SweepRunners {
  /** @param heard this process's own ears */
  constructor(
    private readonly life: Life,
    private readonly site: Site,
    private readonly streams: MonitorStreams,
    private readonly heard: Map<RunnerId, number>,
    private readonly tell: (runnerId: RunnerId, stops: readonly ExecutionStop[]) => Promise<boolean>,
  ) {}

  async sweep(): Promise<void> {
    await this.#loseSilentRunners();
    await this.#fence();
    if (!this.site.world.broken('forget-the-fenced')) await this.#endFenced();
  }

  /** Two must agree: the row, and this process's own ears. */
  async #loseSilentRunners(): Promise<void> {
    const { tables, world } = this.site;
    const leaseMs = world.broken('fence-too-early') ? LEASE_MS / 3 : LEASE_MS;
    if (this.life.host.isCutOff) return;
    await this.life.pause(world.latency());
    for (const [runnerId, row] of tables.runners) {
      const ears = this.heard.get(runnerId);
      if (ears === undefined) this.heard.set(runnerId, world.now);
      const silent = world.now - Math.max(row.lastHeardMs, ears ?? world.now) > leaseMs;
      if (row.status === 'lost' || !silent || this.life.host.isCutOff) continue;
      const lastHeardAt = this.life.now();
      await this.streams.handleRunner({ type: 'LoseRunner', runnerId, lastHeardAt, at: this.life.now() });
      world.reach('runner-lost');
    }
  }

  async #fence(): Promise<void> {
    const { tables, world } = this.site;
    const mayBeAlive = [...tables.inFlight.values()].filter(({ execution, status, sinceMs }) => {
      const runner = tables.runners.get(execution.runnerId);
      if (!runner || status === 'fenced') return false;
      if (runner.status === 'lost') return true;
      const settled = world.now - runner.registeredAtMs > LEASE_MS && runner.lastHeardMs > runner.registeredAtMs;
      const unknown = !runner.executionIds.includes(execution.executionId);
      return status === 'running' && sinceMs < runner.registeredAtMs && settled && unknown;
    });
    for (const row of mayBeAlive) {
      const { execution } = row;
      const state = await this.streams.handle({ type: 'FenceExecution', execution, at: this.life.now() });
      if (state.status === 'ended') tables.inFlight.delete(execution.executionId);
      else row.status = 'fenced';
    }
  }

  async #endFenced(): Promise<void> {
    const { tables, world } = this.site;
    const inReach = [...tables.inFlight.values()].filter(({ execution, status }) => {
      const runner = tables.runners.get(execution.runnerId);
      return status === 'fenced' && runner?.status !== 'lost' && world.now - (runner?.lastHeardMs ?? 0) < LEASE_MS;
    });
    const stops = stopsByRunner(inReach.map(({ execution }) => ({ execution, stop: AT_ONCE })));
    await Promise.all([...stops].map(([runnerId, theirs]) => this.tell(runnerId, theirs)));
  }
}
