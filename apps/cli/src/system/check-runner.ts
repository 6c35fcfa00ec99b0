import type { RunnerResource } from '@necrocode/contracts';
import { subjectOf } from '@necrocode/domain';
import type { Check } from '@necrocode/embedded/doctor';

/** What `doctor` says of a runner of the system that runs. */
export function checkRunner({
  runnerId,
  host,
  status,
  unproven,
  orphans,
}: Pick<RunnerResource, 'runnerId' | 'host' | 'status' | 'unproven' | 'orphans'>): Check {
  const name = `runner on ${host}`;
  switch (status) {
    case 'ready':
    case 'draining':
      if (orphans.length === 0) return { name, status: 'ok', detail: `${runnerId} is ${status}` };
      return {
        name,
        status: 'warn',
        detail: `${runnerId} is ${status}; orphans: ${orphans.map((orphan) => `${orphan.kind} of ${subjectOf(orphan)}`).join(', ')}`,
        hint: 'They are being ended or settled. What stays is to be looked at on the host.',
      };
    case 'lost':
      return {
        name,
        status: 'warn',
        detail: `${runnerId} is not heard; what it ran is fenced`,
        hint: 'Bring its agent or its network back, or make sure that the host is off.',
      };
    case 'quarantined':
      return {
        name,
        status: 'warn',
        detail: `${runnerId} is quarantined: processes of ${unproven.join(', ')} cannot be killed`,
        hint: `Look at the host for processes in uninterruptible sleep. When it is fit for work: necrocode runner trust ${runnerId}`,
      };
    default:
      return status satisfies never;
  }
}
