export { type Containment, containmentMeans, type ContainmentMeans } from './contain/containment.js';
export { detectContainment, type DetectOptions } from './contain/detect-containment.js';
export { ProcessTreeError, type ProcessTreeErrorCode } from './errors.js';
export { type OutputTarget } from './launch/output.js';
export { spawnTree, type SpawnTreeOptions } from './launch/spawn-tree.js';
export { type TreeUsage } from './observe/tree-usage.js';
export { type Marker, type ResourceTag, resourceTagOf } from './proc/marker.js';
export { type ProcessIdentity } from './proc/process-identity.js';
export { ProcessTree } from './process-tree.js';
export {
  closeContainment,
  endContainment,
  type FoundContainment,
  listContainments,
} from './recover/list-containments.js';
export { endMarked } from './recover/end-marked.js';
export { findMarked, type StrangeProcess } from './recover/find-marked.js';
export { killRecorded, openRecorded, type RecordedTree } from './recover/recorded-tree.js';
export { type MarkedProcess, type MarkedTree, scanForMarkers } from './recover/scan-for-markers.js';
export { signalProcess, type SignalAnswer } from './signal/signal-process.js';
export { type StopOptions } from './stop/stop-options.js';
export { type LeaderExit, type SignalEvidence, type StopReport } from './stop/stop-report.js';
export { type TreeRecord } from './tree-record.js';
