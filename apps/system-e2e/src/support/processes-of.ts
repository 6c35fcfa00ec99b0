import { readdirSync, readFileSync } from 'node:fs';

/** Pids of living processes whose environment names the job: a look at /proc that shares no code with the product. */
export function processesOf(jobId: string): readonly number[] {
  return processesOfJobs().get(jobId) ?? [];
}

/** One look for all jobs. */
export function processesOfJobs(): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const pid of livingProcesses()) {
    const jobId = variableOf(pid, 'NECROCODE_JOB_ID');
    if (jobId !== undefined) found.set(jobId, [...(found.get(jobId) ?? []), pid]);
  }
  return found;
}

/** Executions of the job that have living processes. */
export function executionsAliveOf(jobId: string): ReadonlySet<string> {
  const named = processesOf(jobId).map((pid) => variableOf(pid, 'NECROCODE_EXECUTION_ID'));
  return new Set(named.filter((executionId) => executionId !== undefined));
}

/** Pids of living processes with the word somewhere in their arguments: also those that have shed their environment. */
export function processesNaming(word: string): readonly number[] {
  return livingProcesses().filter((pid) => read(`/proc/${pid}/cmdline`).includes(word));
}

function variableOf(pid: number, name: string): string | undefined {
  return new RegExp(`(?:^|\\0)${name}=([^\\0]*)`).exec(read(`/proc/${pid}/environ`))?.[1];
}

function livingProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(isAlive);
}

/** One letter of proc(5): R, S, D (asleep in the kernel), T, Z … ; undefined when it is gone. */
export function stateOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}

function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Gone between the listing and the look.
  }
}
