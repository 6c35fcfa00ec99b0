import type { EventStore } from '@necrocode/event-store';
import { type Consumer, consumeEvents, consumeReports, type MessagingConnection } from '@necrocode/messaging';
import {
  CONFIG,
  consumerLog,
  DATABASE,
  EVENT_STORE,
  type Logger,
  LOGGER,
  MESSAGING,
  postgresCheckpoint,
} from '@necrocode/service-kit';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DrainRunnerController } from './drain-runner/drain-runner.controller.js';
import { ExecutionStreams } from './executions/execution-streams.js';
import { HeartbeatSubscriber } from './hear-heartbeat/heartbeat.subscriber.js';
import { LastHeard } from './hear-heartbeat/last-heard.js';
import { RecordHeartbeats } from './hear-heartbeat/record-heartbeats.js';
import { HoldExecutions } from './hold-executions/hold-executions.js';
import { HoldExecutionsController } from './hold-executions/hold-executions.controller.js';
import { ExecutionsInFlight } from './in-flight/executions-in-flight.js';
import { InspectExecutionsController } from './inspect-executions/inspect-executions.controller.js';
import { InspectExecutions } from './inspect-executions/inspect-executions.js';
import { EndFenced } from './lose-runner/end-fenced.js';
import { FenceExecutions } from './lose-runner/fence-executions.js';
import { LoseSilentRunners } from './lose-runner/lose-silent-runners.js';
import { Sweeper } from './lose-runner/sweeper.js';
import { reportsPending } from './record-story/reports-pending.js';
import { RecordReport } from './record-report/record-report.js';
import { RegisterRunnerController } from './register-runner/register-runner.controller.js';
import { RegisterRunner } from './register-runner/register-runner.js';
import { RunnerStreams } from './registry/runner-streams.js';
import { Runners } from './registry/runners.js';
import { RunnerControl } from './runner-control/runner-control.js';
import type { RunnerMonitorConfig } from './runner-monitor.config.js';
import { SCHEMA } from './schema.js';
import { StopExecutionsController } from './stop-executions/stop-executions.controller.js';
import { StopExecutions } from './stop-executions/stop-executions.js';
import { EndingsAwaited } from './stop-executions/endings-awaited.js';
import { StopsUnderWay } from './stop-executions/stops-under-way.js';
import { EndSurplus } from './sweep-inventories/end-surplus.js';
import { FindLeftWorkspaces } from './sweep-inventories/find-left-workspaces.js';
import { Inventories } from './sweep-inventories/inventories.js';
import { RecordOrphans } from './sweep-inventories/record-orphans.js';
import { SettleMissing } from './sweep-inventories/settle-missing.js';
import { WorkspaceStories } from './sweep-inventories/workspace-stories.js';
import { TrustRunnerController } from './trust-runner/trust-runner.controller.js';
import { heardTypes, orderOf, TrackExecutions } from './track-executions/track-executions.js';

/** The consumer of events; that of reports keeps its place in JetStream. */
export const EXECUTIONS_DURABLE = 'runner-monitor-executions';

/** The map of the service: commands from the others, heartbeats and reports from the agents, and a sweep that notices silence. */
@Module({
  controllers: [
    RegisterRunnerController,
    StopExecutionsController,
    InspectExecutionsController,
    HoldExecutionsController,
    DrainRunnerController,
    TrustRunnerController,
  ],
  providers: [
    { provide: LastHeard, useFactory: () => new LastHeard() },
    StopsUnderWay,
    EndingsAwaited,
    {
      provide: Runners,
      useFactory: (database: DataSource, { LEASE_MS }: RunnerMonitorConfig) => new Runners(database, LEASE_MS),
      inject: [DATABASE, CONFIG],
    },
    {
      provide: RunnerStreams,
      useFactory: (store: EventStore, runners: Runners) => new RunnerStreams(store, runners),
      inject: [EVENT_STORE, Runners],
    },
    {
      provide: ExecutionStreams,
      useFactory: (store: EventStore) => new ExecutionStreams(store),
      inject: [EVENT_STORE],
    },
    {
      provide: ExecutionsInFlight,
      useFactory: (database: DataSource) => new ExecutionsInFlight(database),
      inject: [DATABASE],
    },
    {
      provide: RunnerControl,
      useFactory: (connection: MessagingConnection, { RUNNER_ANSWER_MS }: RunnerMonitorConfig) =>
        new RunnerControl(connection, RUNNER_ANSWER_MS),
      inject: [MESSAGING, CONFIG],
    },
    {
      provide: RegisterRunner,
      useFactory: (
        runners: RunnerStreams,
        inFlight: ExecutionsInFlight,
        executions: ExecutionStreams,
        lastHeard: LastHeard,
        { LEASE_MS }: RunnerMonitorConfig,
      ) => new RegisterRunner(runners, inFlight, executions, lastHeard, LEASE_MS),
      inject: [RunnerStreams, ExecutionsInFlight, ExecutionStreams, LastHeard, CONFIG],
    },
    {
      provide: StopExecutions,
      useFactory: (
        control: RunnerControl,
        executions: ExecutionStreams,
        underWay: StopsUnderWay,
        endings: EndingsAwaited,
      ) => new StopExecutions(control, executions, underWay, endings),
      inject: [RunnerControl, ExecutionStreams, StopsUnderWay, EndingsAwaited],
    },
    {
      provide: HoldExecutions,
      useFactory: (control: RunnerControl, executions: ExecutionStreams) => new HoldExecutions(control, executions),
      inject: [RunnerControl, ExecutionStreams],
    },
    {
      provide: InspectExecutions,
      useFactory: (control: RunnerControl) => new InspectExecutions(control),
      inject: [RunnerControl],
    },
    {
      provide: RecordOrphans,
      useFactory: (runners: RunnerStreams, logger: Logger) => new RecordOrphans(runners, logger),
      inject: [RunnerStreams, LOGGER],
    },
    {
      provide: Inventories,
      useFactory: (database: DataSource) => new Inventories(database),
      inject: [DATABASE],
    },
    {
      provide: RecordReport,
      useFactory: (
        executions: ExecutionStreams,
        runners: RunnerStreams,
        orphans: RecordOrphans,
        stops: StopsUnderWay,
        endings: EndingsAwaited,
        logger: Logger,
      ) => new RecordReport(executions, runners, orphans, stops, endings, logger),
      inject: [ExecutionStreams, RunnerStreams, RecordOrphans, StopsUnderWay, EndingsAwaited, LOGGER],
    },
    {
      provide: TrackExecutions,
      useFactory: (inFlight: ExecutionsInFlight, runners: RunnerStreams) => new TrackExecutions(inFlight, runners),
      inject: [ExecutionsInFlight, RunnerStreams],
    },
    {
      provide: HeartbeatSubscriber,
      useFactory: (
        connection: MessagingConnection,
        lastHeard: LastHeard,
        runners: Runners,
        streams: RunnerStreams,
        logger: Logger,
        { LEASE_MS }: RunnerMonitorConfig,
      ) => {
        const recordHeartbeats = new RecordHeartbeats(runners, streams, logger);
        return new HeartbeatSubscriber(connection, lastHeard, recordHeartbeats, logger, LEASE_MS);
      },
      inject: [MESSAGING, LastHeard, Runners, RunnerStreams, LOGGER, CONFIG],
    },
    {
      provide: Sweeper,
      useFactory: (
        runners: Runners,
        streams: RunnerStreams,
        lastHeard: LastHeard,
        connection: MessagingConnection,
        inFlight: ExecutionsInFlight,
        executions: ExecutionStreams,
        control: RunnerControl,
        inventories: Inventories,
        orphans: RecordOrphans,
        store: EventStore,
        logger: Logger,
        { LEASE_MS }: RunnerMonitorConfig,
      ) => {
        const pending = () => reportsPending(connection);
        const sweeps = [
          new LoseSilentRunners(runners, streams, lastHeard, connection, logger),
          new FenceExecutions(inFlight, executions),
          new EndFenced(inFlight, control),
          new SettleMissing(inventories, control, executions, inFlight, orphans, pending),
          new EndSurplus(inventories, control, executions, store, orphans),
          new FindLeftWorkspaces(inventories, control, new WorkspaceStories(store), orphans),
        ];
        return new Sweeper(sweeps, logger, LEASE_MS / SWEEPS_PER_LEASE);
      },
      inject: [
        Runners,
        RunnerStreams,
        LastHeard,
        MESSAGING,
        ExecutionsInFlight,
        ExecutionStreams,
        RunnerControl,
        Inventories,
        RecordOrphans,
        EVENT_STORE,
        LOGGER,
        CONFIG,
      ],
    },
  ],
})
export class RunnerMonitorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumers: Consumer[] = [];

  constructor(
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly connection: MessagingConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(HeartbeatSubscriber) private readonly heartbeats: HeartbeatSubscriber,
    @Inject(Sweeper) private readonly sweeper: Sweeper,
    @Inject(RecordReport) private readonly recordReport: RecordReport,
    @Inject(TrackExecutions) private readonly trackExecutions: TrackExecutions,
  ) {}

  onApplicationBootstrap(): void {
    const { connection, store } = this;
    this.heartbeats.start();
    this.consumers = [
      consumeReports({
        connection,
        handle: (report) => this.recordReport.handle(report),
        observe: consumerLog(this.logger, 'runner-monitor-reports'),
      }),
      consumeEvents({
        connection,
        durable: EXECUTIONS_DURABLE,
        store,
        types: heardTypes,
        checkpoint: postgresCheckpoint(this.database, SCHEMA, EXECUTIONS_DURABLE),
        key: orderOf,
        handle: ({ event }) => this.trackExecutions.handle(event),
        observe: consumerLog(this.logger, EXECUTIONS_DURABLE),
      }),
    ];
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([
      ...this.consumers.map((consumer) => consumer.stop()),
      this.heartbeats.stop(),
      this.sweeper.stop(),
    ]);
  }
}

/** Silence is noticed at most a fourth of a lease late. */
const SWEEPS_PER_LEASE = 4;
