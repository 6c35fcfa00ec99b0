import { setTimeout as pause } from 'node:timers/promises';
import { readSystemState } from '@necrocode/local-system';

const LAG = /^necrocode_(?:relay|consumer|projection)_lag_events(?:\{[^}]*\})? (\S+)$/gm;

/** Resolves when everything that was committed is published, handled and in the read models, twice in a row. */
export async function untilSettled(home: string): Promise<void> {
  const state = await readSystemState(home);
  if (!state) throw new Error(`no system runs in ${home}`);
  const services = state.processes.flatMap(({ healthUrl }) => healthUrl ?? []);
  for (let quiet = 0; quiet < 2; await pause(250)) {
    const lags = await Promise.all(services.map(lagsOf));
    if (lags.flat().length === 0) throw new Error('no process tells its lag');
    quiet = lags.flat().every((lag) => lag === 0) ? quiet + 1 : 0;
  }
}

async function lagsOf(healthUrl: string): Promise<number[]> {
  const metrics = await (await fetch(`${healthUrl}/metrics`)).text();
  return [...metrics.matchAll(LAG)].map(([, value]) => Number(value));
}
