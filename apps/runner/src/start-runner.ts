import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { FileArtifactStore } from '@necrocode/artifact-storage';
import { connectMessaging, provisionAll, runnerPublisher } from '@necrocode/messaging';
import { measureAgent, Metrics } from '@necrocode/metrics';
import { detectContainment } from '@necrocode/process-tree';
import {
  CommandClient,
  createLogger,
  holdReports,
  loadConfig,
  openFaultPoints,
  type RunningService,
  serveHealth,
} from '@necrocode/service-kit/process';
import { Agent } from './control/agent.js';
import { serveControl } from './control/serve-control.js';
import { ExecutionFiles } from './execution/execution-file.js';
import { OutputFiles } from './execution/output-files.js';
import { Reports } from './execution/reports.js';
import { listHandlers } from './functions/handler-module.js';
import { describeRunner } from './identity/describe-runner.js';
import { readOrCreateRunnerId } from './identity/runner-id.js';
import { Contact } from './lease/contact.js';
import { Lease } from './lease/lease.js';
import { register } from './lease/register.js';
import { adoptPredecessors } from './recover/adopt-predecessors.js';
import { endPredecessors } from './recover/end-predecessors.js';
import { ProveLater } from './recover/prove-later.js';
import { runnerConfig } from './runner.config.js';
import { SweepHost } from './sweep-orphans/sweep-host.js';
import { CleanSlot } from './slots/clean-slot.js';
import { CleanWorkspace } from './workspace/clean-workspace.js';
import { IdleWorkspaces } from './workspace/idle-workspaces.js';
import { RunnerHome } from './workspace/place.js';
import { RestoreWorkspace } from './workspace/restore-workspace.js';

/** How the runner ends trees for reasons of its own: asked once, with little time. */
const OWN_STOP = { signal: 'SIGTERM', signalTo: 'tree', gracePeriodMs: 1_000, force: false } as const;

/** So long what was adopted waits for the word that it may go on, ms: it may have been given to another runner already. */
const ADOPTED_WITHIN_MS = 5_000;

/** Brings the agent up: predecessors ended first, or adopted, then registered, then open for requests. */
export async function startRunner(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const config = loadConfig(runnerConfig, env);
  const logger = createLogger('runner', config.LOG_LEVEL);
  const home = new RunnerHome(resolve(config.RUNNER_HOME));
  const runnerId = await readOrCreateRunnerId(home.directory);
  const handlers = config.RUNNER_HANDLERS === undefined ? null : await listHandlers(resolve(config.RUNNER_HANDLERS));
  const containment = await detectContainment({ group: home.group });
  logger.info({ runnerId, containment: containment.means, assurance: containment.assurance }, 'containment chosen');
  const connection = await connectMessaging({
    url: config.NATS_URL,
    name: `runner ${runnerId}`,
    topology: { replicas: config.NATS_REPLICAS },
    onState: (state) => logger.info({ state }, 'nats link'),
  });
  await provisionAll(connection, (error) => logger.warn({ err: error }, 'waiting for JetStream'));
  const publisher = holdReports(runnerPublisher(connection), openFaultPoints('runner', env));
  const reports = new Reports(publisher, logger);
  const files = new ExecutionFiles(home.directory);
  const later = new ProveLater(files, reports, logger);
  const outputFiles = config.RUNNER_ORPHANS === 'adopt' ? new OutputFiles(home.directory) : null;
  const adopted = outputFiles ? adoptPredecessors(files, outputFiles, reports, publisher, logger) : [];
  const kept = new Set(adopted.map(({ execution }) => execution.executionId));
  await endPredecessors(files, containment, reports, later, logger, kept);

  const store = new FileArtifactStore(config.ARTIFACT_STORE);
  const workspaces = new CleanWorkspace(home, store);
  await workspaces.emptyTrash();
  const slots = new CleanSlot(home, logger);
  const capacity = config.RUNNER_CAPACITY;
  const contact = new Contact();
  const sessionId = randomUUID();
  const lease: Lease = new Lease({
    connection,
    runnerId,
    sessionId,
    contact,
    inventory: () => ({ executionIds: agent.executionIds(), workspaces: idle.name() }),
    onLost: () =>
      agent.endAll({ ...OWN_STOP, gracePeriodMs: contact.graceWithin(OWN_STOP.gracePeriodMs) }, 'lease-lost'),
    onUnknown: () => registerRunner(),
    logger,
  });
  const agent: Agent = new Agent({
    hasContact: () => lease.check(),
    capacity,
    home,
    containment,
    handlers,
    files,
    reports,
    outputFiles,
    publisher,
    workspaces,
    restorer: new RestoreWorkspace(home, store),
    slots,
    later,
    logger,
  });
  const idle = new IdleWorkspaces(home, () => agent.jobIds(), logger);
  for (const execution of adopted) agent.keep(execution);
  const stopControl = await serveControl(connection, runnerId, agent, logger);

  const commands = new CommandClient(connection);
  const registerRunner = async (): Promise<void> => {
    const description = describeRunner(runnerId, config, containment, handlers, later.unproven);
    const { fencedExecutionIds } = await register(commands, description, sessionId, contact, logger);
    void agent.endSome(fencedExecutionIds, { ...OWN_STOP, force: true }, 'fenced');
  };
  const unheard = setTimeout(() => void agent.endAll(OWN_STOP, 'lease-lost'), ADOPTED_WITHIN_MS);
  await registerRunner();
  clearTimeout(unheard);
  lease.start();
  const owned = () => [...agent.executionIds(), ...later.unproven];
  const sweep = new SweepHost({ runnerId, containment, files, reports, owned, logger });
  sweep.start(config.RUNNER_SWEEP_MS);
  const metrics = new Metrics().observeProcess();
  measureAgent(metrics, () => ({ executions: agent.executionIds().length, isLeaseHeld: lease.check() }));
  const checks = [
    { name: 'nats', check: () => connection.link.state === 'connected' },
    { name: 'lease', check: () => lease.check() },
  ];
  const health = await serveHealth(config.HEALTH_PORT, 'runner', checks, metrics);
  logger.info({ runnerId, capacity, leaseMs: contact.leaseMs, handlers: handlers?.names ?? [] }, 'up');

  return {
    logger,
    // Executions do not outlive their agent: nobody could stop them or prove their end.
    close: async () => {
      later.stop();
      agent.drain();
      await sweep.stop();
      await agent.endAll(OWN_STOP, 'runner-restarted');
      lease.stop();
      await stopControl();
      await publisher.close();
      await connection.close();
      await health.close();
    },
  };
}
