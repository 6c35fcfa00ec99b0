import { nextOwnChildren, ownChildren, withDescendants } from '../proc/children.js';
import { nextProcessTable, type ProcessTable, readProcess, readProcessTable } from '../proc/process-table.js';
import { isDead, keyOf, type ProcessRow } from '../proc/process-row.js';
import { carriesMark, type Marker, type ResourceTag, resourceTagOf } from '../proc/marker.js';

/** What is known of the process a tree began with. */
export interface Leader {
  readonly pid: number;
  readonly startTime: number;
}

/**
 * Finds the processes of one tree in a process table, however they tried to get away: by what they carry (marker,
 * resource tag), by where they stand (session, group), by whom they come from (parent chain, and everybody seen before).
 */
export class Sweep {
  #seen: ReadonlySet<string> = new Set();
  readonly #tag: ResourceTag;

  constructor(
    readonly marker: Marker,
    readonly leader: Leader,
    /** This process has started the tree and is its subreaper: whoever loses its parents comes home. */
    readonly orphansComeHome: boolean,
  ) {
    this.#tag = resourceTagOf(marker);
  }

  /** The living processes of the tree, found in the cheapest way that misses nobody; at most one turn of the event loop old. */
  find(): ProcessRow[] {
    const children = this.orphansComeHome ? ownChildren() : undefined;
    return children === undefined ? this.findIn(readProcessTable()) : this.#findBelow(children);
  }

  /** As `find`, looked for after this call. */
  async findAnew(): Promise<ProcessRow[]> {
    const children = this.orphansComeHome ? await nextOwnChildren() : undefined;
    return children === undefined ? this.findIn(await nextProcessTable()) : this.#findBelow(children);
  }

  /** The living processes of the tree in this table. Each is remembered as long as it exists: once ours, ours for ever. */
  findIn(table: ProcessTable): ProcessRow[] {
    const born = [...table.values()]
      .filter((row) => row.startTime >= this.leader.startTime && row.pid > 1 && row.pid !== process.pid)
      .sort((a, b) => a.startTime - b.startTime);
    const ours = new Map<number, ProcessRow>();
    const holder = table.get(this.leader.pid);
    for (const row of born) if (this.#isMarked(row, holder)) ours.set(row.pid, row);
    // Parents are older than children, but within one clock tick the order is unknown: so until nothing is added.
    for (let size = -1; size !== ours.size;) {
      size = ours.size;
      for (const row of born) if (ours.has(row.ppid)) ours.set(row.pid, row);
    }
    this.#seen = new Set([...ours.values()].map(keyOf));
    return [...ours.values()].filter((row) => !isDead(row));
  }

  /** Whether this one process, just read, belongs to the tree. */
  holds(row: ProcessRow): boolean {
    return row.startTime >= this.leader.startTime && this.#isKnown(row);
  }

  /** Looks through the whole machine until somebody is found, at most twice; answers how often nobody was. */
  async emptyPasses(): Promise<number> {
    for (let passes = 0; passes < 2; passes += 1) if (this.findIn(await nextProcessTable()).length > 0) return passes;
    return 2;
  }

  /**
   * Among the children of this process, its own and those who have come home to it as orphans, and below them: every
   * process has a parent, so nobody is anywhere else. A fraction of the cost of looking through the whole machine.
   */
  #findBelow(children: readonly ProcessRow[]): ProcessRow[] {
    const holder = readProcess(this.leader.pid);
    const ours = children
      .filter((row) => row.startTime >= this.leader.startTime && this.#isMarked(row, holder))
      .flatMap(withDescendants);
    this.#seen = new Set([...this.#seen, ...ours.map(keyOf)]);
    return ours.filter((row) => !isDead(row));
  }

  #isMarked(row: ProcessRow, holder: ProcessRow | undefined): boolean {
    return this.#isKnown(row) || this.#sharesSession(row, holder);
  }

  #isKnown(row: ProcessRow): boolean {
    return this.#isLeader(row) || this.#seen.has(keyOf(row)) || carriesMark(row, this.marker, this.#tag);
  }

  #isLeader(row: ProcessRow): boolean {
    return row.pid === this.leader.pid && row.startTime === this.leader.startTime;
  }

  /**
   * The number of a session or group is proof only while its leader, dead or alive, still holds it; or for an orphan
   * that came home to us, since whoever is our descendant there got the session from our own leader.
   * @param holder the process that has the leader's pid now
   */
  #sharesSession(row: ProcessRow, holder: ProcessRow | undefined): boolean {
    if (row.session !== this.leader.pid && row.pgrp !== this.leader.pid) return false;
    return holder === undefined ? row.ppid === process.pid : this.#isLeader(holder);
  }
}
