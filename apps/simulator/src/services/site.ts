import type {
  CancellationId,
  CleanupReport,
  ExecutionId,
  ExecutionIdentity,
  JobId,
  RunnerId,
  SlotId,
} from '@necrocode/domain';
import type { Machine } from '../reality/machine.js';
import type { Program } from '../reality/program.js';
import type { StoreAccess } from '../store/store-client.js';
import type { Host } from '../world/host.js';
import type { World } from '../world/world.js';
import type { JetStream } from './jet-stream.js';
import type { ReportStream } from './report-stream.js';
import type { Dispatcher } from './dispatcher/dispatcher.js';
import type { RunnerMonitor } from './runner-monitor/runner-monitor.js';
import type { CancellationService } from './cancellation-service/cancellation-service.js';
import type { ArtifactCleaner } from './artifact-cleaner.js';
import type { Agent } from './agent/agent.js';

/** A service at its present address: the process that has it now, if one is up. */
export interface Place<Service> {
  readonly host: Host;
  service: Service | null;
}

/** A durable timer: a row that survives its process. */
export interface Drive {
  dueAtMs: number;
  attempts: number;
}

/** Rows of the services' own tables: they change with the append they belong to and outlive every process. */
export interface Tables {
  readonly openJobs: Set<JobId>;
  fencingToken: number;
  /** The dispatcher's own view of the runners. */
  readonly offers: Map<RunnerId, DispatcherRunnerRow>;
  readonly runners: Map<RunnerId, RunnerRow>;
  readonly inFlight: Map<ExecutionId, FlightRow>;
  readonly openTargets: Map<string, { readonly jobId: JobId; readonly cancellationId: CancellationId }>;
  readonly cancellationDrives: Map<CancellationId, Drive>;
  readonly bulkDrives: Map<CancellationId, Drive>;
  readonly cleanupDrives: Map<string, Drive>;
  /** Whose cleanup is done. */
  readonly cleanedJobs: Set<string>;
}

export interface DispatcherRunnerRow {
  readonly status: RunnerRow['status'];
  readonly capacity: number;
  readonly slotIds: readonly SlotId[];
}

export interface RunnerRow {
  sessionId: string;
  status: 'ready' | 'draining' | 'quarantined' | 'lost';
  registeredAtMs: number;
  lastHeardMs: number;
  executionIds: readonly ExecutionId[];
  /** In which nothing runs. */
  workspaces: readonly JobId[];
}

export interface FlightRow {
  readonly execution: ExecutionIdentity;
  status: 'assigned' | 'running' | 'fenced';
  readonly sinceMs: number;
}

/** Everything of one history, and who finds whom where. */
export interface Site {
  readonly world: World;
  readonly access: StoreAccess;
  readonly events: JetStream;
  readonly reports: ReportStream;
  readonly tables: Tables;
  readonly dispatcher: Place<Dispatcher>;
  readonly monitor: Place<RunnerMonitor>;
  readonly cancellations: Place<CancellationService>;
  readonly cleaner: Place<ArtifactCleaner>;
  readonly agents: ReadonlyMap<RunnerId, Place<Agent> & { readonly machine: Machine }>;
  /** What the command of a task does. */
  programOf(taskId: string): Program;
}

export function isAnyDue(drives: ReadonlyMap<string, Drive>, nowMs: number): boolean {
  for (const { dueAtMs } of drives.values()) if (dueAtMs <= nowMs) return true;
  return false;
}

export const NOTHING_CLEANED: CleanupReport = { artifacts: [], filesRemoved: 0, bytesFreed: 0, leftFiles: 0 };

export const LEASE_MS = 10_000;
