import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { EmbeddedError } from '../embedded-error.js';
import { errnoOf } from '../files/errno.js';

const LOWEST = 15_000;

/**
 * A loopback port nobody listens on, chosen at random below the range the kernel takes client ports from: a server that
 * is down for a moment does not lose its port to a client (a client that reconnects in a loop can even connect to itself).
 * Somebody may take it before the caller does; the caller then picks another.
 */
export async function pickPort(): Promise<number> {
  const above = firstClientPort();
  for (;;) {
    const port = randomInt(LOWEST, above);
    if (await isFree(port)) return port;
  }
}

export function portTaken(port: number, server: string): EmbeddedError {
  return new EmbeddedError(
    'port-taken',
    `Port ${port}, meant for ${server}, is used by another program.`,
    `See who it is with \`ss -ltnp 'sport = :${port}'\`, end it, or choose another port.`,
  );
}

/** Whether this process could listen there; a port below 1024 without the right to it counts as taken. */
export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((settle, fail) => {
    probe.once('error', (error) => {
      const errno = errnoOf(error);
      if (errno === 'EADDRINUSE' || errno === 'EACCES') settle(false);
      else fail(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => settle(true)));
  });
}

function firstClientPort(): number {
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
    return first > LOWEST + 1_000 ? first : 32_768;
  } catch {
    return 32_768;
  }
}
