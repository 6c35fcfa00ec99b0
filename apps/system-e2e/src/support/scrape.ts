import { readSystemState } from '@necrocode/local-system';

/** The sum of a series over all processes that serve it, as Prometheus would have it. @param series with its labels, as it is served */
export async function scraped(home: string, series: string): Promise<number> {
  const { processes = [] } = (await readSystemState(home)) ?? {};
  const values = processes.map(async ({ healthUrl }) => {
    const lines = (await (await fetch(`${String(healthUrl)}/metrics`)).text()).split('\n');
    const line = lines.find((text) => text.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  });
  return (await Promise.all(values)).reduce((sum, value) => sum + value, 0);
}
