import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Checks and tests the rules of deploy/prometheus with promtool; `PROMTOOL` names another one than that on PATH. */
const promtool = process.env.PROMTOOL ?? 'promtool';
const directory = fileURLToPath(new URL('../deploy/prometheus/', import.meta.url));
const steps = [
  ['check', 'config', '--syntax-only', 'prometheus.yml'],
  ['check', 'rules', 'recording-rules.yml', 'alert-rules.yml'],
  ['test', 'rules', 'rules.test.yml'],
];
for (const step of steps) {
  const { error, status } = spawnSync(promtool, step, { cwd: directory, stdio: 'inherit' });
  if (error && 'code' in error && error.code === 'ENOENT') {
    console.log(
      'SKIPPED: the rules in deploy/prometheus are not tested, promtool is not installed (docs/operations/metrics.md).',
    );
    break;
  }
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
