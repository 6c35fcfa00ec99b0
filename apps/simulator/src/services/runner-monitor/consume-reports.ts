import type { Life } from '../../world/life.js';
import type { Report } from '../report-stream.js';
import type { Site } from '../site.js';

const RETRY_MS = 150;

/** Brings the runner-monitor what agents saw: in order for one execution, at least once, again after a crash. */
export function consumeReports(life: Life, { reports, world }: Site, handle: (report: Report) => Promise<void>): void {
  const chains = new Map<string, Promise<void>>();
  let cursor = 0;

  const attempt = async (index: number, report: Report): Promise<void> => {
    for (;;) {
      await life.effect();
      if (world.broken('ack-report-before-append')) reports.done.add(index);
      while (life.host.isCutOff) await life.pause(RETRY_MS);
      try {
        await handle(report);
        break;
      } catch {
        await life.pause(RETRY_MS);
      }
    }
    await life.effect();
    reports.done.add(index);
    if (!world.isCalm && world.random.chance(0.03)) {
      world.reach('duplicate-report');
      life.after(world.random.next() * 800, () => life.run(() => handle(report)));
    }
  };

  const pull = (): void => {
    for (; cursor < reports.log.length; cursor++) {
      const index = cursor;
      const report = reports.log[index];
      if (!report || reports.done.has(index)) continue;
      const before = chains.get(report.executionId) ?? Promise.resolve();
      const next = before.then(() => attempt(index, report));
      chains.set(report.executionId, next);
      life.run(() => next);
    }
  };

  reports.whenPublished(() => life.after(world.random.next() * 2, pull));
  life.after(0, pull);
}
