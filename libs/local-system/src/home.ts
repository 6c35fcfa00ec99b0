import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const NAME = '.necrocode';

/**
 * Where a system keeps everything: `$NECROCODE_HOME`, else the nearest `.necrocode` above the current directory, else a
 * new one here. Two clones therefore never share anything.
 */
export function findHome(env: NodeJS.ProcessEnv = process.env, from: string = process.cwd()): string {
  const given = env['NECROCODE_HOME'];
  if (given) return resolve(given);
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    if (existsSync(join(directory, NAME))) return join(directory, NAME);
    if (dirname(directory) === directory) return join(resolve(from), NAME);
  }
}

export function tokenFile(home: string): string {
  return join(home, 'token');
}

/** Where the system's NATS is, with its secret: for workers that are started beside it. */
export function natsUrlFile(home: string): string {
  return join(home, 'nats-url');
}

/** Where Prometheus finds the processes of the system that runs. */
export function metricsTargetsFile(home: string): string {
  return join(home, 'prometheus-targets.json');
}

/** For other systems: reads events and nothing else. */
export function subscriberUrlFile(home: string): string {
  return join(home, 'subscriber-nats-url');
}

export function logDirectory(home: string): string {
  return join(home, 'logs');
}
