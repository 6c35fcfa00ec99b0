import type { ExecutionEnding, SignalEvidence } from '@necrocode/domain';
import { type Containment, endContainment, killRecorded, listContainments } from '@necrocode/process-tree';
import type { Logger } from '@necrocode/service-kit/process';
import { endingOf, endingWithoutTree } from '../execution/endings.js';
import type { ExecutionFile, ExecutionFiles } from '../execution/execution-file.js';
import type { Reports } from '../execution/reports.js';
import { isUnproven, type ProveLater } from './prove-later.js';

/**
 * What an agent that died left behind: every tree on record is ended and proven gone, then whatever the kernel still
 * holds under our name that no record speaks of; but for what was adopted. Before anything new is started.
 */
export async function endPredecessors(
  files: ExecutionFiles,
  containment: Containment,
  reports: Reports,
  later: ProveLater,
  logger: Logger,
  adopted: ReadonlySet<string>,
): Promise<void> {
  const left = files
    .all()
    .filter(
      ({ ending, refused, execution }) =>
        ending === null && refused === undefined && !adopted.has(execution.executionId),
    );
  for (const file of files.all().filter(isUnproven)) later.begin(file);
  await Promise.all(left.map((file) => endOne(file, files, containment, reports, later, logger)));
  for (const { name, processes } of listContainments(containment)) {
    if (adopted.has(name)) continue;
    logger.warn({ containment: name, processes: processes.length }, 'a containment without a record; ending it');
    await endContainment(containment, name);
  }
  files.forgetOld(Date.now());
}

async function endOne(
  file: ExecutionFile,
  files: ExecutionFiles,
  containment: Containment,
  reports: Reports,
  later: ProveLater,
  logger: Logger,
): Promise<void> {
  const { execution, stop, tree } = file;
  const { executionId } = execution;
  const reason = stop?.cancellationId ? 'stopped' : 'runner-restarted';
  const ending =
    tree === null
      ? endingWithoutTree(reason, containment.means, new Date().toISOString(), stop ? { stop } : {})
      : { ...afterSignals(endingOf(await killRecorded(tree), reason, stop), file.signals ?? []), started: true };
  const ended = { ...file, ending };
  files.write(ended);
  reports.ended(execution, ending);
  if (isUnproven(ended)) later.begin(ended);
  logger.warn({ executionId, reason, survivors: ending.evidence.survivors }, "ended a predecessor's execution");
}

/** What the predecessor had sent belongs to the proof as well. */
function afterSignals(ending: ExecutionEnding, earlier: readonly SignalEvidence[]): ExecutionEnding {
  const { evidence } = ending;
  return {
    ...ending,
    evidence: {
      ...evidence,
      signals: [...earlier, ...evidence.signals],
      forced: evidence.forced || earlier.some(({ signal }) => signal === 'SIGKILL'),
      peakProcesses: Math.max(evidence.peakProcesses, ...earlier.map(({ processes }) => processes)),
    },
  };
}
