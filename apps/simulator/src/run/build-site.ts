import type { RunnerId, SlotId } from '@necrocode/domain';
import { Machine } from '../reality/machine.js';
import type { Program } from '../reality/program.js';
import type { Scenario, ServiceName, Where } from '../scenario/scenario.js';
import type { Agent } from '../services/agent/agent.js';
import type { ExecutionFile } from '../services/agent/execution-file.js';
import { startAgent } from '../services/agent/start-agent.js';
import { ArtifactCleaner } from '../services/artifact-cleaner.js';
import { CancellationService } from '../services/cancellation-service/cancellation-service.js';
import type { Checkpoint } from '../services/consumer.js';
import { Dispatcher } from '../services/dispatcher/dispatcher.js';
import { POOL } from '../services/dispatcher/job-streams.js';
import { JetStream } from '../services/jet-stream.js';
import { keepTables } from '../services/keep-tables.js';
import { startRelay } from '../services/relay.js';
import { ReportStream } from '../services/report-stream.js';
import { RunnerMonitor } from '../services/runner-monitor/runner-monitor.js';
import type { Place, Site, Tables } from '../services/site.js';
import { HistoryStore } from '../store/history-store.js';
import { Host } from '../world/host.js';
import type { Life } from '../world/life.js';
import type { World } from '../world/world.js';

export interface Estate {
  readonly site: Site;
  readonly hosts: ReadonlyMap<Where, Host>;
  readonly checkpoints: ReadonlyMap<ServiceName, Checkpoint>;
  readonly programs: Map<string, Program>;
}

/** Every host of a history, none of them up yet. */
export function buildSite(world: World, { runners }: Scenario): Estate {
  const programs = new Map<string, Program>();
  const store = new HistoryStore(() => world.clock(), world.broken('change-a-stored-event'));
  const tables = emptyTables();
  keepTables(store, tables, world);
  const checkpoints = new Map<ServiceName, Checkpoint>();
  const hosts = new Map<Where, Host>();

  const service = <Service>(
    name: ServiceName,
    open: (life: Life, checkpoint: Checkpoint) => Service,
  ): Place<Service> => {
    const checkpoint: Checkpoint = { floor: 0n };
    checkpoints.set(name, checkpoint);
    const place: Place<Service> = {
      service: null,
      host: new Host(
        world,
        name,
        (life) => (place.service = open(life, checkpoint)),
        () => (place.service = null),
      ),
    };
    hosts.set(name, place.host);
    return place;
  };

  const site: Site = {
    world,
    access: { store, awayUntil: 0 },
    events: new JetStream(),
    reports: new ReportStream(),
    tables,
    agents: new Map(),
    programOf: (taskId) => programs.get(taskId) ?? { behaviour: 'plain', runMs: 10, exitCode: 0, children: 0 },
    dispatcher: service('dispatcher', (life, checkpoint) => new Dispatcher(life, site, checkpoint)),
    monitor: service('runner-monitor', (life, checkpoint) => new RunnerMonitor(life, site, checkpoint)),
    cancellations: service(
      'cancellation-service',
      (life, checkpoint) => new CancellationService(life, site, checkpoint),
    ),
    cleaner: service('artifact-cleaner', (life, checkpoint) => new ArtifactCleaner(life, site, checkpoint)),
  };
  const relays = ['relay-a', 'relay-b'] as const;
  for (const name of relays) hosts.set(name, new Host(world, name, (life) => startRelay(life, site)));

  const agents = runners.map(({ containment, capacity, slots }, index) => {
    const runnerId = `run_${index}` as RunnerId; // Brand: where runners are named.
    const machine = new Machine(runnerId, world);
    const files = new Map<ExecutionFile['execution']['executionId'], ExecutionFile>();
    const offered = Array.from({ length: slots }, (_, slot) => ({
      slotId: `${runnerId}/${POOL}/${slot}` as SlotId, // Brand: where slots are named.
      runnerId,
      pool: POOL,
      kind: 'repository' as const,
    }));
    const home = { runnerId, machine, containment, capacity, files, slots: offered };
    const place: Place<Agent> & { readonly machine: Machine } = {
      service: null,
      machine,
      host: new Host(
        world,
        runnerId,
        (life) => startAgent(life, site, home, (agent) => (place.service = agent)),
        () => {
          place.service = null;
          machine.loseHeld();
        },
      ),
    };
    hosts.set(index, place.host);
    return [runnerId, place] as const;
  });
  return { site: Object.assign(site, { agents: new Map(agents) }), hosts, checkpoints, programs };
}

function emptyTables(): Tables {
  return {
    openJobs: new Set(),
    fencingToken: 0,
    offers: new Map(),
    runners: new Map(),
    inFlight: new Map(),
    openTargets: new Map(),
    cancellationDrives: new Map(),
    bulkDrives: new Map(),
    cleanupDrives: new Map(),
    cleanedJobs: new Set(),
  };
}
