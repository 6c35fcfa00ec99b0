import { rm, writeFile } from 'node:fs/promises';
import { metricsTargetsFile } from './home.js';

/** Where each process's `/metrics` is, as Prometheus's `file_sd_configs` reads it. */
export async function writeMetricsTargets(
  home: string,
  processes: readonly { readonly name: string; readonly healthUrl: string }[],
): Promise<void> {
  const targets = processes.map(({ name, healthUrl }) => ({
    targets: [new URL(healthUrl).host],
    labels: { service: name },
  }));
  await writeFile(metricsTargetsFile(home), `${JSON.stringify(targets, null, 2)}\n`);
}

export async function forgetMetricsTargets(home: string): Promise<void> {
  await rm(metricsTargetsFile(home), { force: true });
}
