/** The floor: one HTTP request, one durable PostgreSQL commit, one kill, the exit seen. Run as a process of its own. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 });
await pool.query('create table if not exists intent (id bigint generated always as identity, pid integer not null)');

const server = createServer((request, response) => {
  void answer(request.url ?? '').then((body) => response.end(JSON.stringify(body)));
});

async function answer(url: string): Promise<object> {
  if (url === '/spawn') {
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    children.set(child.pid ?? 0, child);
    return { pid: child.pid };
  }
  const pid = Number(url.slice('/cancel/'.length));
  await pool.query({ name: 'intent', text: 'insert into intent (pid) values ($1)', values: [pid] });
  const acknowledgedAt = performance.timeOrigin + performance.now();
  const child = children.get(pid);
  const exited = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
  process.kill(pid, 'SIGTERM');
  await exited;
  children.delete(pid);
  return { acknowledgedAt, exitSeenAt: performance.timeOrigin + performance.now() };
}

const children = new Map<number, ReturnType<typeof spawn>>();
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
