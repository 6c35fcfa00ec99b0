import type { Check } from './check.js';
import { checkDataDirectory, checkDiskSpace, nearestExisting } from './check-data-directory.js';
import { checkContainment, checkOpenFiles, checkProc } from './check-kernel.js';
import { checkPorts } from './check-ports.js';
import { checkNode, checkPlatform } from './check-runtime.js';
import { checkNatsServer, checkPostgres } from './check-servers.js';

export interface MachineQuestions {
  /** Where the system would keep its data; need not exist. */
  readonly dataDir: string;
  /** Ports it would listen on because somebody fixed them. */
  readonly ports?: readonly number[];
}

/** Everything this machine needs to run the embedded system, looked at without leaving a trace; never throws for what is missing. */
export async function examineMachine({ dataDir, ports = [] }: MachineQuestions): Promise<readonly Check[]> {
  const existing = await nearestExisting(dataDir);
  const looked = Promise.all([
    checkDataDirectory(dataDir),
    checkDiskSpace(dataDir),
    checkPostgres(existing),
    checkNatsServer(),
    checkPorts(ports),
    checkContainment(),
    checkProc(),
    checkOpenFiles(),
  ]);
  return [checkNode(process.versions.node), checkPlatform(process.platform, process.arch), ...(await looked)];
}
