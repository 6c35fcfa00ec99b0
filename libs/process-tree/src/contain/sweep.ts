import { childrenOf, withDescendants } from '../proc/children.js';
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
  ) {
    this.#tag = resourceTagOf(marker);
  }

  /** The living processes of the tree in this table. Each is remembered as long as it exists: once ours, ours for ever. */
  find(table: ProcessTable = readProcessTable()): ProcessRow[] {
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

  /**
   * The living processes of the tree among the orphans that have come home to this process, and below them. When all
   * others of the tree are dead that is everybody there is, since whoever outlived its parents came home: cheap, and as
   * good as looking through the whole machine, if this process is their subreaper and has started the tree itself.
   */
  findOrphans(): ProcessRow[] {
    const orphans = childrenOf(process.pid);
    if (orphans === undefined) return this.find();
    const holder = readProcess(this.leader.pid);
    return orphans
      .filter((row) => row.startTime >= this.leader.startTime && this.#isMarked(row, holder))
      .flatMap(withDescendants)
      .filter((row) => !isDead(row));
  }

  /** Whether this one process, just read, belongs to the tree. */
  holds(row: ProcessRow): boolean {
    return row.startTime >= this.leader.startTime && this.#isKnown(row);
  }

  /** Looks through the whole machine until somebody is found, at most twice; answers how often nobody was. */
  async emptyPasses(): Promise<number> {
    for (let passes = 0; passes < 2; passes += 1) if (this.find(await nextProcessTable()).length > 0) return passes;
    return 2;
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
