import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** `/healthz`: the process lives. `/readyz`: every dependency answers. On 127.0.0.1 only. */
export async function serveHealth(
  port: number,
  service: string,
  checks: readonly HealthCheck[],
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', service, checks).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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

async function answer(url: string, service: string, checks: readonly HealthCheck[]) {
  if (url === '/healthz') return { status: 200, body: { service, status: 'up', pid: process.pid } };
  if (url !== '/readyz') return { status: 404, body: { code: 'route-not-found' } };
  const results = await readiness(checks);
  const ready = results.every(({ ok }) => ok);
  return { status: ready ? 200 : 503, body: { service, status: ready ? 'ready' : 'not-ready', checks: results } };
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
