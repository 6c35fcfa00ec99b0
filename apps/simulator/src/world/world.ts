import type { Timestamp } from '@necrocode/domain';
import type { MutantName } from '../mutants/mutant.js';
import type { Rules } from '../mutants/rules.js';
import { Agenda, type Entry } from './agenda.js';
import { Prng } from './prng.js';

const EPOCH = Date.UTC(2026, 0, 1);

/** A line of a history: when, who, what. */
export interface Told {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

/**
 * Time, chance and ids of one history. Nothing happens but what is on the agenda, one entry at a time; whatever follows from
 * an entry has run to its end before the next one is taken.
 */
export class World {
  /** Milliseconds since the history began. */
  now = 0;
  steps = 0;
  readonly told: Told[] = [];
  /** When processes died. */
  readonly crashes: Timestamp[] = [];
  readonly random: Prng;
  /** States and faults that were reached, by name. */
  readonly reached = new Map<string, number>();
  /** What nobody foresaw: a fault of the simulator or of what it runs. */
  readonly faults: unknown[] = [];
  readonly #agenda = new Agenda();
  #ids = 0;
  #calm = false;

  constructor(
    seed: number,
    readonly rules: Rules,
    private readonly mutant: MutantName | null,
    private readonly telling: boolean,
  ) {
    this.random = new Prng(seed);
  }

  /** No more faults, and delays of a good day: from here on everything has to converge. */
  calm(): void {
    this.#calm = true;
  }

  get isCalm(): boolean {
    return this.#calm;
  }

  /** RFC 3339, as a clock shows it that is wrong by `skewMs`. */
  clock(skewMs = 0): Timestamp {
    return new Date(EPOCH + Math.round(this.now) + skewMs).toISOString();
  }

  /** The other way round, of a clock that is right. */
  msOf(at: Timestamp): number {
    return Date.parse(at) - EPOCH;
  }

  after(delayMs: number, run: Entry['run']): void {
    this.#agenda.add({ at: this.now + delayMs, lot: this.random.next(), run });
  }

  /** Takes the next entry of the agenda and lets all that follows from it at once happen. @returns false: none is left */
  async step(): Promise<boolean> {
    const entry = this.#agenda.next();
    if (!entry) return false;
    this.now = Math.max(this.now, entry.at);
    this.steps += 1;
    if (entry.run() !== false) await allThatFollows();
    return true;
  }

  /** How long a message or a statement takes, ms: mostly short, sometimes long. */
  latency(): number {
    const { random } = this;
    if (this.#calm || random.chance(0.85)) return 0.2 + random.next() * 2;
    return random.chance(0.8) ? random.next() * 40 : random.next() * 900;
  }

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${String(this.#ids).padStart(4, '0')}`;
  }

  newUuid(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  reach(state: string): void {
    this.reached.set(state, (this.reached.get(state) ?? 0) + 1);
  }

  /** Whether this part of the simulation is broken on purpose: the oracle has to notice. */
  broken(name: MutantName): boolean {
    return this.mutant === name;
  }

  tell(who: string, what: string): void {
    if (this.telling) this.told.push({ atMs: this.now, who, what });
  }
}

/** Promises that are settled settle others; a tick asked for among them comes when none is left that could. */
function allThatFollows(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
