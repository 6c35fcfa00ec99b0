import { nextProcessTable, type ProcessTable, readProcessTable } from '../proc/process-table.js';
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
    for (const row of born) if (this.#isMarked(row, table)) ours.set(row.pid, row);
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
    return (
      row.startTime >= this.leader.startTime && (this.#seen.has(keyOf(row)) || carriesMark(row, this.marker, this.#tag))
    );
  }

  /** Looks through the whole machine until somebody is found, at most twice; answers how often nobody was. */
  async emptyPasses(): Promise<number> {
    for (let passes = 0; passes < 2; passes += 1) if (this.find(await nextProcessTable()).length > 0) return passes;
    return 2;
  }

  #isMarked(row: ProcessRow, table: ProcessTable): boolean {
    return (
      this.#seen.has(keyOf(row)) ||
      this.#isLeader(row) ||
      this.#sharesSession(row, table) ||
      carriesMark(row, this.marker, this.#tag)
    );
  }

  #isLeader(row: ProcessRow): boolean {
    return row.pid === this.leader.pid && row.startTime === this.leader.startTime;
  }

  /**
   * The number of a session or group is proof only while its leader, dead or alive, still holds it; or for an orphan
   * that came home to us, since whoever is our descendant there got the session from our own leader.
   */
  #sharesSession(row: ProcessRow, table: ProcessTable): boolean {
    if (row.session !== this.leader.pid && row.pgrp !== this.leader.pid) return false;
    const holder = table.get(this.leader.pid);
    return holder === undefined ? row.ppid === process.pid : this.#isLeader(holder);
  }
}
