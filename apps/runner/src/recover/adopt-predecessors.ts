import { openRecorded } from '@necrocode/process-tree';
import type { RunnerPublisher } from '@necrocode/messaging';
import type { Logger } from '@necrocode/service-kit/process';
import type { ExecutionFile, ExecutionFiles } from '../execution/execution-file.js';
import { Output } from '../execution/output.js';
import { OutputInHand } from '../execution/output-in-hand.js';
import type { OutputFiles } from '../execution/output-files.js';
import type { Reports } from '../execution/reports.js';
import { type AdoptableFile, AdoptedExecution } from './adopted-execution.js';

/**
 * Takes into hand again what a predecessor left running: where nobody had asked to stop it, the process it began with lives,
 * and its output goes into files. Everything else is ended. Whether it may go on is for the runner-monitor to say, at once.
 */
export function adoptPredecessors(
  files: ExecutionFiles,
  outputFiles: OutputFiles,
  reports: Reports,
  publisher: RunnerPublisher,
  logger: Logger,
): readonly AdoptedExecution[] {
  return files.all().flatMap((file) => {
    if (!isAdoptable(file)) return [];
    const { execution, tree: record, resume } = file;
    const tree = openRecorded(record);
    if (!tree.isLed()) return [];
    logger.warn({ executionId: execution.executionId, pid: record.pid }, "adopted a predecessor's execution");
    reports.started(execution, record); // It may have died before it said so.
    // No count of chunks was kept: the clock is ahead of any.
    const output = new Output(publisher, execution, resume.taskKey, Date.now());
    const inHand = new OutputInHand(execution.executionId, output, outputFiles);
    return [new AdoptedExecution(file, tree, { files, reports, output: inHand, logger })];
  });
}

function isAdoptable(file: ExecutionFile): file is AdoptableFile {
  return file.ending === null && file.stop === null && file.tree !== null && file.resume !== undefined;
}
