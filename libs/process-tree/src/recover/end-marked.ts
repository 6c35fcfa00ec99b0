import type { Marker } from '../proc/marker.js';
import { currentBootId } from '../proc/boot-id.js';
import type { StopReport } from '../stop/stop-report.js';
import { killRecorded } from './recorded-tree.js';

/** No process has this number: who carries the mark is found by the mark and by descent alone. */
const NO_LEADER = { pid: -1, startTime: 0 };

/** SIGKILL to everybody who carries the mark of a tree of which no record is left; resolves as `ProcessTree.stop`. */
export const endMarked = (marker: Marker): Promise<StopReport> =>
  killRecorded({
    ...NO_LEADER,
    version: 1,
    name: marker.value,
    marker,
    bootId: currentBootId(),
    means: 'process-group',
    cgroup: null,
    mayEscape: true,
    startedAt: new Date().toISOString(),
  });
