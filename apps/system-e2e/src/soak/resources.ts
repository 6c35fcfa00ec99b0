import { readdirSync, readFileSync } from 'node:fs';
import type { LocalSystem } from '@necrocode/local-system';

export interface Usage {
  readonly pid: number;
  readonly rssMiB: number;
  readonly openFiles: number;
}

/** What each process of the system uses now, as the kernel counts it. */
export function usageOf(system: LocalSystem): ReadonlyMap<string, Usage> {
  const all = [...system.processes, ...system.servers];
  return new Map(all.flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, look(pid)] as const])));
}

function look(pid: number): Usage {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return { pid, rssMiB: Number(kibibytes) / 1024, openFiles: readdirSync(`/proc/${pid}/fd`).length };
}

/** V8 grows its heap before it collects, and warms up: what grows further is a leak. */
export const TOLERANCE = { share: 0.25, rssMiB: 24, openFiles: 8 } as const;

/**
 * Compares looks at the idle system, taken between rounds of load: the lowest of the second half with the lowest of the
 * first. @returns what grew beyond the tolerance
 */
export function growth(looks: readonly ReadonlyMap<string, Usage>[]): readonly string[] {
  const [first, second] = [looks.slice(0, Math.ceil(looks.length / 2)), looks.slice(Math.ceil(looks.length / 2))];
  return [...(looks[0]?.keys() ?? [])].flatMap((name) => {
    const lowest = (of: typeof looks, pick: (usage: Usage) => number): number =>
      Math.min(...of.flatMap((look) => look.get(name) ?? []).map(pick));
    const [rss, rssAfter] = [lowest(first, ({ rssMiB }) => rssMiB), lowest(second, ({ rssMiB }) => rssMiB)];
    const [files, filesAfter] = [lowest(first, (use) => use.openFiles), lowest(second, (use) => use.openFiles)];
    return [
      ...(rssAfter > rss * (1 + TOLERANCE.share) + TOLERANCE.rssMiB
        ? [`${name}: ${rss.toFixed(0)} → ${rssAfter.toFixed(0)} MiB`]
        : []),
      ...(filesAfter > files + TOLERANCE.openFiles ? [`${name}: ${files} → ${filesAfter} open files`] : []),
    ];
  });
}
