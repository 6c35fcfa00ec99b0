import { openCell } from '../contain/open-cell.js';
import { Freezer } from '../contain/freezer.js';
import { Peak } from '../observe/peak.js';
import { type TreeUsage, usageOf } from '../observe/tree-usage.js';
import { currentBootId } from '../proc/boot-id.js';
import { type ProcessIdentity, identityOf } from '../proc/process-identity.js';
import { isDead } from '../proc/process-row.js';
import { readProcess } from '../proc/process-table.js';
import type { StopOptions } from '../stop/stop-options.js';
import type { StopReport } from '../stop/stop-report.js';
import { StopRun } from '../stop/stop-run.js';
import type { TreeRecord } from '../tree-record.js';
import { deferred } from '../wait/deferred.js';

/** A tree somebody else started: its output and exit code are lost, its processes are not. */
export interface RecordedTree {
  readonly record: TreeRecord;
  /** Whom a stop would signal now; empty: it is over. */
  members(): ProcessIdentity[];
  usage(): TreeUsage;
  /** Whether the process it began with is there; the rest of the tree may live on without it. */
  isLed(): boolean;
  /** As `ProcessTree.freeze` and `.thaw`. */
  freeze(): Promise<boolean>;
  thaw(): void;
  /** As `ProcessTree.stop`. Only what provably belongs to the record is signalled. */
  stop(options: StopOptions): Promise<StopReport>;
  /** As `ProcessTree.gone`. */
  readonly gone: Promise<StopReport>;
}

/**
 * Takes up the tree of a record, as an agent does after a restart. What belongs to it: who is in its cgroup; who carries
 * its mark; the leader, if the process with its pid also has its start time, and then its session and descendants.
 */
export function openRecorded(record: TreeRecord): RecordedTree {
  const cell = openCell(record, { orphansComeHome: false });
  const peak = new Peak();
  const freezer = new Freezer(cell);
  const gone = deferred<StopReport>();
  let run: StopRun | undefined;
  const isOfThisBoot = record.bootId === currentBootId();
  return {
    record,
    members: () => (isOfThisBoot ? [...cell.members(), ...cell.strays()].map(identityOf) : []),
    usage: () => usageOf(cell),
    isLed() {
      const leader = readProcess(record.pid);
      return isOfThisBoot && leader?.startTime === record.startTime && !isDead(leader);
    },
    freeze: () => freezer.freeze(),
    thaw: () => freezer.thaw(),
    stop(options) {
      if (!isOfThisBoot) {
        gone.resolve(goneWithItsBoot(record));
        return gone.promise;
      }
      if (run === undefined) {
        run = new StopRun({ cell, leaderPid: record.pid, exited: null, neverRan: false, peak }, options);
        void run.gone.then(gone.resolve);
      } else run.join(options);
      freezer.thaw(); // Whoever stands still hears no signal.
      return run.report();
    },
    gone: gone.promise,
  };
}

/** SIGKILL to whatever is left of a recorded tree; resolves as `ProcessTree.stop`. */
export const killRecorded = (
  record: TreeRecord,
  options: Omit<StopOptions, 'gracePeriodMs'> = {},
): Promise<StopReport> => openRecorded(record).stop({ ...options, gracePeriodMs: 0, force: true });

/** No process outlives the kernel it ran on. */
const goneWithItsBoot = ({ means }: TreeRecord): StopReport => ({
  means,
  assurance: 'kernel',
  neverRan: false,
  signals: [],
  forced: false,
  exit: null,
  peakProcesses: 0,
  survivors: [],
  passes: 0,
  provenGoneAt: new Date().toISOString(),
  obstacle: null,
});
