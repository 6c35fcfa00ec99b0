import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NecrocodeClient } from '@necrocode/client';
import { type LocalSystem, startSystem, type SystemOptions } from '@necrocode/local-system';
import { Audit } from '../audit/audit.js';
import { FaultPointDirectory } from './fault-points.js';

/** A whole system whose processes can be held at fault points, with everything that is needed to judge it from outside. */
export interface FaultySystem {
  readonly system: LocalSystem;
  readonly client: NecrocodeClient;
  readonly points: FaultPointDirectory;
  readonly audit: Audit;
  end(): Promise<void>;
}

/** Deaths here are wanted, not a sign of illness: what dies is started again at once, however often. */
const AT_ONCE = { initialMs: 50, factor: 1, maxMs: 50, healthyAfterMs: 0 };

export async function openFaultySystem({
  env = {},
  ...options
}: Omit<SystemOptions, 'home' | 'restart'> = {}): Promise<FaultySystem> {
  const directory = await mkdtemp(join(tmpdir(), 'necrocode-faults-'));
  const points = new FaultPointDirectory(join(directory, 'points'));
  await points.create();
  let system: LocalSystem | undefined;
  try {
    const home = join(directory, 'home');
    system = await startSystem({ ...options, home, env: { ...points.environment, ...env }, restart: AT_ONCE });
    const client = new NecrocodeClient({ baseUrl: system.gatewayUrl, token: system.token });
    const audit = await Audit.open(system, client);
    const running = system;
    return {
      system,
      client,
      points,
      audit,
      async end() {
        await audit.close();
        await points.clear(); // Whoever is still held goes on, and can be asked to end.
        await running.stop();
        await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      },
    };
  } catch (error) {
    await system?.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
}
