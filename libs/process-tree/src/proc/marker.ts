import { createHash } from 'node:crypto';
import type { ProcessRow } from './process-row.js';
import { readProc } from './read-proc.js';

/** An environment variable every process of one tree is born with; its value is unique to the tree. */
export interface Marker {
  readonly name: string;
  readonly value: string;
}

/**
 * The second mark of a tree: a number set as RLIMIT_LOCKS. Linux has not enforced that limit since 2.4.25, every child
 * inherits it, and unlike an environment variable it survives `env -i`; raising it again needs CAP_SYS_RESOURCE. So a
 * daemon that cleared its environment, changed session and lost its parents is still known, also to a later agent.
 * Between 2^61 and 2^62: far above any limit an administrator would set, far below "unlimited".
 */
export type ResourceTag = string;

const TAG_FAMILY = 0x2dead;
const FAMILY_SHIFT = 44n;

export function resourceTagOf(marker: Marker): ResourceTag {
  const digest = createHash('sha256').update(`${marker.name}=${marker.value}`).digest();
  const own = digest.readBigUInt64BE(0) & ((1n << FAMILY_SHIFT) - 1n);
  return ((BigInt(TAG_FAMILY) << FAMILY_SHIFT) | own).toString();
}

/** The tag a process carries, of whatever tree; undefined: none. Works on zombies too, and for any user's process. */
export function readResourceTag(pid: number): ResourceTag | undefined {
  const limits = readProc(`/proc/${pid}/limits`);
  const hard = limits === undefined ? undefined : /^Max file locks +\d+ +(\d+)/m.exec(limits)?.[1];
  return hard !== undefined && BigInt(hard) >> FAMILY_SHIFT === BigInt(TAG_FAMILY) ? hard : undefined;
}

/** The value of the marker variable a process was started with; undefined: it has none, or it is not ours to read. */
export function readMarker(pid: number, name: string): string | undefined {
  const environment = readProc(`/proc/${pid}/environ`);
  if (environment === undefined) return undefined;
  const start = environment.startsWith(`${name}=`) ? 0 : environment.indexOf(`\0${name}=`) + 1;
  if (start === 0 && !environment.startsWith(`${name}=`)) return undefined;
  const end = environment.indexOf('\0', start);
  const value = environment.slice(start + name.length + 1, end < 0 ? undefined : end);
  return Buffer.from(value, 'latin1').toString('utf8');
}

interface Marks {
  readonly tag: ResourceTag | undefined;
  readonly values: Map<string, string | undefined>;
}

const marksOfRow = new WeakMap<ProcessRow, Marks>();

/** Whether the process carries the mark of this tree. Read once per row, however many trees ask about one table. */
export function carriesMark(row: ProcessRow, marker: Marker, tag: ResourceTag): boolean {
  let marks = marksOfRow.get(row);
  if (marks === undefined) marksOfRow.set(row, (marks = { tag: readResourceTag(row.pid), values: new Map() }));
  if (marks.tag === tag) return true;
  if (!marks.values.has(marker.name)) marks.values.set(marker.name, readMarker(row.pid, marker.name));
  return marks.values.get(marker.name) === marker.value;
}
