// How long it takes to start a tree and to prove it gone, for each means of containment there is here.
//   npm run build && node measure/latency.mjs [trees per means, default 300]
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeContainment, containmentMeans, detectContainment, spawnTree } from '@necrocode/process-tree';

const trees = Number(process.argv[2] ?? 300);
const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' };
const force = { gracePeriodMs: 10_000 };

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))];
const row = (values) => `p50 ${quantile(values, 0.5).toFixed(2)} ms  p99 ${quantile(values, 0.99).toFixed(2)} ms`;

async function measure(start, stop) {
  const started = [];
  const stopped = [];
  for (let i = 0; i < trees + 20; i += 1) {
    const t0 = performance.now();
    const tree = await start(i);
    const t1 = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5)); // It runs by now, and the machine is quiet.
    const t2 = performance.now();
    await stop(tree);
    const t3 = performance.now();
    if (i >= 20) (started.push(t1 - t0), stopped.push(t3 - t2));
  }
  return `start → running ${row(started)}   stop → proven gone ${row(stopped)}`;
}

const floor = await measure(
  async () => {
    const child = spawn('sleep', ['3600'], { stdio: 'ignore', detached: true });
    await once(child, 'spawn');
    return child;
  },
  (child) => {
    child.kill('SIGTERM');
    return once(child, 'exit');
  },
);
console.log(`${'plain spawn and kill'.padEnd(22)} ${floor}`);

for (const means of containmentMeans) {
  const containment = await detectContainment({ group: `measure-${process.pid}`, allow: [means] });
  if (containment.means !== means) {
    console.log(
      `${means.padEnd(22)} not here: ${containment.refused.find((refused) => refused.means === means)?.reason}`,
    );
    continue;
  }
  const result = await measure(
    (i) => {
      const name = `tree-${i}`;
      const marker = { name: 'MEASURED_TREE', value: `${process.pid}-${means}-${i}` };
      return spawnTree({
        name,
        command: ['sleep', '3600'],
        cwd: '/',
        env,
        marker,
        containment,
        stdout: 'pipe',
        stderr: 'pipe',
      });
    },
    (tree) => tree.stop(force),
  );
  console.log(`${means.padEnd(22)} ${result}`);
  closeContainment(containment);
}
