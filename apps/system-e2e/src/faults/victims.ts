import type { LocalSystem } from '@necrocode/local-system';

/** What the crash matrix kills: every process that a cancellation needs. */
export const VICTIMS = [
  'gateway',
  'dispatcher',
  'runner-monitor',
  'cancellation-service',
  'artifact-cleaner',
  'runner-1',
  'nats-server',
  'postgresql',
] as const;
export type Victim = (typeof VICTIMS)[number];

/** Every process there is, the servers included. */
export function processesIn({ processes, servers }: LocalSystem): readonly string[] {
  return [...processes.keys(), ...servers.keys()];
}

/** `kill -9`; resolves when it is gone. Its supervisor starts it again. */
export async function kill(system: LocalSystem, victim: string): Promise<void> {
  const server = system.servers.get(victim);
  if (server) return server.kill();
  const killed = system.processes.get(victim);
  const gone = killed?.exited();
  killed?.signal('SIGKILL');
  await gone;
}

/** Resolves when every process is up again and sees its PostgreSQL and NATS. */
export async function untilAllReady(system: LocalSystem): Promise<void> {
  await Promise.all([...system.processes.keys()].map((name) => system.untilReady(name)));
}
