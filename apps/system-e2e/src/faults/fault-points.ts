import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@necrocode/testing';

/** Where a process is to be held: see the service-kit's fault points. */
export interface HeldMoment {
  readonly process: string;
  readonly when: 'before' | 'after';
  readonly what: string;
  readonly about: string;
}

export interface ArmedPoint {
  /** Resolves when the process has come there and waits. */
  reached(withinMs: number): Promise<void>;
  /** Lets it go on, or forgets the point when nobody has come. */
  release(): Promise<void>;
}

/** The directory that the processes of a system under test look for armed points in. */
export class FaultPointDirectory {
  private armed = 0;

  constructor(private readonly directory: string) {}

  /** What a process must be started with to look here. */
  get environment(): Readonly<Record<string, string>> {
    return { NECROCODE_FAULT_POINTS: this.directory, NECROCODE_TEST_FAULTS: 'hold' };
  }

  async create(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  async arm(moment: HeldMoment): Promise<ArmedPoint> {
    this.armed += 1;
    const point = join(this.directory, `${this.armed}`);
    await writeFile(`${point}.next`, JSON.stringify(moment), { mode: 0o600 });
    await rename(`${point}.next`, `${point}.armed`); // Nobody reads half of it.
    return {
      reached: (withinMs) =>
        eventually(
          () => {
            if (!existsSync(`${point}.held`)) throw new Error(`the ${moment.process} never came to ${moment.what}`);
          },
          { withinMs, everyMs: 2 },
        ),
      release: async () => {
        await Promise.all([rm(`${point}.armed`, { force: true }), rm(`${point}.held`, { force: true })]);
      },
    };
  }

  async clear(): Promise<void> {
    for (const file of await readdir(this.directory)) await rm(join(this.directory, file), { force: true });
  }
}
