import type { Fault, Where } from '../scenario/scenario.js';
import type { Host } from '../world/host.js';
import type { Estate } from './build-site.js';

/** Puts the faults of a scenario on the agenda; none of them happens once it is calm. */
export function plantFaults({ site, hosts }: Estate, faults: readonly Fault[]): void {
  const { world } = site;
  const at = (ms: number, what: string, strike: () => void): void =>
    world.after(ms, () => {
      if (world.isCalm) return false;
      world.tell('fault', what);
      strike();
      return undefined;
    });

  for (const fault of faults) {
    switch (fault.kind) {
      case 'crash':
        hostOf(fault.where)?.crashBefore(fault.effect, fault.downMs);
        break;
      case 'cut-off': {
        const host = hostOf(fault.where);
        if (!host) break;
        at(fault.atMs, `${host.name} is cut off for ${fault.forMs} ms`, () => {
          host.isCutOff = true;
          world.reach('partition');
          world.after(fault.forMs, () => {
            host.isCutOff = false;
          });
        });
        break;
      }
      case 'pause': {
        const host = hostOf(fault.where);
        if (!host) break;
        at(fault.atMs, `${host.name} stands still for ${fault.forMs} ms`, () => {
          host.pausedAt = world.now;
          host.stoppedUntil = world.now + fault.forMs;
          world.reach('host-paused');
        });
        break;
      }
      case 'clock': {
        const host = hostOf(fault.where);
        if (!host) break;
        at(fault.atMs, `the clock of ${host.name} jumps by ${fault.byMs} ms`, () => {
          host.skewMs += fault.byMs;
          world.reach('clock-jump');
        });
        break;
      }
      case 'store-away':
        at(fault.atMs, `the store is away for ${fault.forMs} ms`, () => {
          site.access.awayUntil = world.now + fault.forMs;
          world.reach('store-away');
        });
        break;
      case 'wipe-jetstream':
        at(fault.atMs, 'the directory of JetStream is deleted', () => {
          if (site.events.log.length > 0) world.reach('jetstream-wiped');
          site.events.wipe();
        });
        break;
      case 'lose-message':
        at(fault.atMs, 'JetStream loses a message in the middle', () => site.events.loseOne(world.random));
        break;
      case 'lie':
      case 'stale-report':
      case 'unkillable':
        plantOnRunner(fault);
        break;
      default:
        fault satisfies never;
    }
  }

  function plantOnRunner(fault: Extract<Fault, { kind: 'lie' | 'stale-report' | 'unkillable' }>): void {
    const place = [...site.agents.values()][fault.where % site.agents.size];
    if (!place) return;
    const { machine, host } = place;
    switch (fault.kind) {
      case 'lie':
        return at(fault.atMs, `${host.name} lies for ${fault.forMs} ms`, () => {
          machine.lies = true;
          world.after(fault.forMs, () => {
            machine.lies = false;
          });
        });
      case 'stale-report':
        return at(fault.atMs, `${host.name} reports with old tokens`, () => place.service?.reportStale());
      case 'unkillable':
        return at(fault.atMs, `what runs on ${host.name} sleeps in the kernel for ${fault.forMs} ms`, () => {
          for (const process of machine.processes.values()) {
            if (!process.owner) continue;
            process.unkillableUntil = world.now + fault.forMs;
            world.reach('unkillable-process');
            world.after(fault.forMs, () => machine.wake(process));
          }
        });
      default:
        return fault satisfies never;
    }
  }

  function hostOf(where: Where): Host | undefined {
    return hosts.get(typeof where === 'number' ? where % site.agents.size : where);
  }
}

/** Everything is up, reachable and honest from here on. A quarantined runner is restarted, as an operator would. */
export function healAll({ site, hosts }: Estate): void {
  const { world } = site;
  world.calm();
  site.access.awayUntil = 0;
  for (const host of hosts.values()) {
    host.isCutOff = false;
    host.stoppedUntil = 0;
    host.skewMs = 0;
    host.start();
  }
  for (const { machine } of site.agents.values()) {
    machine.lies = false;
    for (const process of [...machine.processes.values()]) machine.wake(process);
  }
  restartQuarantined({ site, hosts });
}

export function restartQuarantined({ site }: Pick<Estate, 'site' | 'hosts'>): void {
  for (const [runnerId, { host }] of site.agents) {
    if (site.tables.runners.get(runnerId)?.status === 'quarantined') host.crash(100);
  }
}
