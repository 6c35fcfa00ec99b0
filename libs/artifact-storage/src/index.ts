export type { ArtifactStore, StoredArtifact } from './artifact-store.js';
export { FileArtifactStore } from './file-artifact-store.js';
