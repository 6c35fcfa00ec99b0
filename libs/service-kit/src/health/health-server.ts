import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '@necrocode/metrics';

/** A dependency that must work for the service to be ready. */
export interface HealthCheck {
  readonly name: string;
  /** Throws or answers false when it does not. */
  readonly check: () => Promise<boolean> | boolean;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/healthz`: the process lives. `/readyz`: every dependency answers. `/metrics`: for Prometheus. On 127.0.0.1 only, which is
 * why no token is asked for.
 */
export async function serveHealth(
  port: number,
  service: string,
  checks: readonly HealthCheck[],
  metrics: Pick<Metrics, 'exposition' | 'contentType'>,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', service, checks, metrics).then(({ status, type = 'application/json', text }) => {
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

async function answer(
  url: string,
  service: string,
  checks: readonly HealthCheck[],
  metrics: Pick<Metrics, 'exposition' | 'contentType'>,
): Promise<Answer> {
  if (url === '/healthz') return json(200, { service, status: 'up', pid: process.pid });
  if (url === '/metrics') return { status: 200, type: metrics.contentType, text: await metrics.exposition() };
  if (url !== '/readyz') return json(404, { code: 'route-not-found' });
  const results = await readiness(checks);
  const ready = results.every(({ ok }) => ok);
  return json(ready ? 200 : 503, { service, status: ready ? 'ready' : 'not-ready', checks: results });
}

function json(status: number, body: object): Answer {
  return { status, text: JSON.stringify(body) };
}

export function readiness(checks: readonly HealthCheck[]): Promise<{ name: string; ok: boolean }[]> {
  return Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        return { name, ok: await check() };
      } catch {
        return { name, ok: false };
      }
    }),
  );
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
