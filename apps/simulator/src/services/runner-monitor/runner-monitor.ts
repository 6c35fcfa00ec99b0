import {
  type CancellationId,
  type ExecutionCommand,
  type ExecutionEvent,
  type ExecutionId,
  type ExecutionIdentity,
  type ExecutionState,
  type ExecutionStop,
  type JobEvent,
  type JobId,
  Rejection,
  type RunnerDescription,
  type RunnerFinding,
  type RunnerId,
  type RunnerLook,
  stopsByRunner,
  type StopStatus,
  stopStatusOf,
} from '@necrocode/domain';
import { type PositionedEvent, toDomainEvent } from '@necrocode/event-store';
import { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import { Unavailable } from '../../world/unavailable.js';
import { ask } from '../ask.js';
import { type Checkpoint, consume } from '../consumer.js';
import type { Site } from '../site.js';
import { consumeReports } from './consume-reports.js';
import { FindLeftWorkspaces } from './find-left-workspaces.js';
import { MonitorStreams } from './monitor-streams.js';
import { SweepRunners } from './sweep-runners.js';

const RUNNER_TIMEOUT_MS = 1_000;

const HEARD: ReadonlySet<string> = new Set([
  'TaskAssigned',
  'TaskUnassigned',
  'ExecutionStarted',
  'ExecutionStopRequested',
  'ExecutionFenced',
  'ExecutionEnded',
]);

interface Beat {
  readonly runnerId: RunnerId;
  readonly sessionId: string;
  readonly executionIds: readonly ExecutionId[];
  readonly workspaces: readonly JobId[];
}

/** The runner-monitor's edges, over the real deciders: registry, leases, reports, stops, and the sweeps that fence. */
export class RunnerMonitor {
  readonly #streams: MonitorStreams;
  /** This process's own ears. */
  readonly #heard = new Map<RunnerId, number>();

  constructor(
    private readonly life: Life,
    private readonly site: Site,
    checkpoint: Checkpoint,
  ) {
    this.#streams = new MonitorStreams(new StoreClient(life, site.access), site.world);
    const sweeps = new SweepRunners(life, site, this.#streams, this.#heard, (runnerId, stops) =>
      this.#tell(runnerId, stops),
    );
    consume(life, site, checkpoint, HEARD, (event) => this.#track(event));
    consumeReports(life, site, (report) => this.#record(report.command, report.id));
    const workspaces = new FindLeftWorkspaces(life, site, this.#streams);
    life.every(1_000, async () => {
      await sweeps.sweep();
      await workspaces.sweep();
    });
  }

  async register({
    runner,
    sessionId,
  }: {
    readonly runner: RunnerDescription;
    readonly sessionId: string;
  }): Promise<readonly ExecutionId[]> {
    const { runnerId } = runner;
    await this.#streams.handleRunner(
      { type: 'RegisterRunner', runner, sessionId, at: this.life.now() },
      `register/${sessionId}`,
    );
    this.#heard.set(runnerId, this.site.world.now);
    const mine = [...this.site.tables.inFlight.values()].filter(({ execution }) => execution.runnerId === runnerId);
    const states = await this.#streams.load(mine.map(({ execution }) => execution.executionId));
    return [...states].filter(([, state]) => state.status === 'fenced').map(([executionId]) => executionId);
  }

  /** @returns whether its session is the one that is registered */
  async hear({ runnerId, sessionId, executionIds, workspaces }: Beat): Promise<boolean> {
    this.#heard.set(runnerId, this.site.world.now);
    const row = this.site.tables.runners.get(runnerId);
    if (row?.sessionId !== sessionId) return false;
    this.life.run(async () => {
      await this.life.effect();
      row.lastHeardMs = this.site.world.now;
      row.executionIds = executionIds;
      row.workspaces = workspaces;
      if (row.status === 'lost') {
        await this.#streams.handleRunner({ type: 'HearRunner', runnerId, at: this.life.now() });
        this.site.world.reach('runner-returned');
      }
    });
    return true;
  }

  /** Signals at once and records beside it; answers with how each stands then. */
  async stop(
    stops: readonly ExecutionStop[],
    cause: string,
  ): Promise<readonly ({ readonly executionId: ExecutionId } & StopStatus)[]> {
    const signalling = Promise.all(
      [...stopsByRunner(stops)].map(async ([runnerId, theirs]) =>
        (await this.#tell(runnerId, theirs)) ? [runnerId] : [],
      ),
    );
    const recording = Promise.all(
      stops.map(({ execution, stop }) =>
        this.#streams.handle({ type: 'RequestStop', execution, stop, at: this.life.now() }, cause),
      ),
    );
    const [answered, states] = await Promise.all([signalling, recording]);
    const reached = new Set(answered.flat());
    return stops.map(({ execution: { executionId, runnerId } }, index) => {
      const state: ExecutionState = states[index] ?? { status: 'unknown' };
      return { executionId, ...stopStatusOf(state, reached.has(runnerId)) };
    });
  }

  /** @returns those that stand still, or go on, or are over */
  async hold(
    kind: 'freeze' | 'thaw',
    cancellationId: CancellationId,
    executions: readonly ExecutionIdentity[],
  ): Promise<readonly ExecutionId[]> {
    const runners = [...new Set(executions.map(({ runnerId }) => runnerId))];
    const answers = await Promise.all(
      runners.map(async (runnerId) => {
        const theirs = executions.filter((execution) => execution.runnerId === runnerId);
        const agent = this.site.agents.get(runnerId);
        if (!agent) return [];
        return ask(this.life, agent, (there) => there[kind](theirs, cancellationId), RUNNER_TIMEOUT_MS).catch(() => []);
      }),
    );
    const done = new Set(answers.flat());
    const silent = executions.map(({ executionId }) => executionId).filter((id) => !done.has(id));
    const states = await this.#streams.load(silent);
    const over = silent.filter((id) => ['ended', 'fenced'].includes(states.get(id)?.status ?? ''));
    return [...done, ...over];
  }

  inspect({ runnerId, executionIds, jobId }: RunnerLook): Promise<RunnerFinding> {
    const agent = this.site.agents.get(runnerId);
    if (!agent) throw new Unavailable(`no ${runnerId}`);
    return ask(this.life, agent, (there) => there.inspect(executionIds, jobId), RUNNER_TIMEOUT_MS);
  }

  async #tell(runnerId: RunnerId, stops: readonly ExecutionStop[]): Promise<boolean> {
    const agent = this.site.agents.get(runnerId);
    if (!agent) return false;
    try {
      await ask(this.life, agent, (there) => there.stop(stops), RUNNER_TIMEOUT_MS);
      return true;
    } catch (error) {
      if (error instanceof Unavailable) return false;
      throw error;
    }
  }

  async #record(command: ExecutionCommand, id: string): Promise<void> {
    try {
      const state = await this.#streams.handle(command, id);
      if (command.type !== 'RecordEnded') return;
      if (state.status !== 'ended' || state.execution.fencingToken !== command.execution.fencingToken) return;
      const { runnerId, executionId } = command.execution;
      const { survivors, forced, provenGoneAt } = command.ending.evidence;
      if (survivors === 0) {
        const gone = { type: 'RecordSurvivorsGone' as const, runnerId, executionId, at: this.life.now() };
        return forced && provenGoneAt !== null ? await this.#streams.handleRunner(gone, id) : undefined;
      }
      await this.#streams.handleRunner(
        { type: 'QuarantineRunner', runnerId, executionId, survivors, at: this.life.now() },
        id,
      );
      this.site.world.reach('runner-quarantined');
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }

  async #track(stored: PositionedEvent): Promise<void> {
    const { inFlight } = this.site.tables;
    const sinceMs = this.site.world.msOf(stored.recordedAt);
    switch (stored.type) {
      case 'TaskAssigned': {
        const event = toDomainEvent<Extract<JobEvent, { type: 'TaskAssigned' }>>(stored);
        const { jobId, taskId, assignment } = event;
        this.#assigned({ jobId, taskId, ...assignment }, sinceMs);
        return;
      }
      case 'TaskUnassigned':
        inFlight.delete(toDomainEvent<Extract<JobEvent, { type: 'TaskUnassigned' }>>(stored).executionId);
        return;
      case 'ExecutionStarted':
      case 'ExecutionStopRequested':
      case 'ExecutionFenced': {
        const { execution } = toDomainEvent<Extract<ExecutionEvent, { type: 'ExecutionFenced' }>>(stored);
        const row = this.#assigned(execution, sinceMs);
        if (stored.type === 'ExecutionStarted' && row.status === 'assigned') row.status = 'running';
        if (stored.type === 'ExecutionFenced') row.status = 'fenced';
        return;
      }
      case 'ExecutionEnded': {
        const { execution } = toDomainEvent<Extract<ExecutionEvent, { type: 'ExecutionEnded' }>>(stored);
        inFlight.delete(execution.executionId);
        return;
      }
      default:
        return;
    }
  }

  #assigned(execution: ExecutionIdentity, sinceMs: number) {
    const { inFlight } = this.site.tables;
    const row = inFlight.get(execution.executionId) ?? { execution, status: 'assigned' as const, sinceMs };
    inFlight.set(execution.executionId, row);
    return row;
  }
}
