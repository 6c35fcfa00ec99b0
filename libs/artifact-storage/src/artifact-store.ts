/** An artifact as it is stored. */
export interface StoredArtifact {
  /** Names the artifact within its store for good. */
  readonly location: string;
  readonly bytes: number;
  /** `sha256:<hex>` of the content that was stored. */
  readonly digest: string;
}

/** Keeps files of jobs beyond their workspaces. */
export interface ArtifactStore {
  /**
   * Copies a regular file into the store. Repeating it with the same name replaces what was stored.
   * @param name relative, `/`-separated; no `.`, `..` or empty parts
   * @param area `quarantine` keeps it out of the way of whoever reads the kept ones
   */
  put(area: 'kept' | 'quarantine', name: string, sourcePath: string): Promise<StoredArtifact>;

  /**
   * Copies a stored artifact to a file that is not there yet.
   * @returns what was copied: its digest says whether it is what was stored
   */
  fetch(location: string, targetPath: string): Promise<StoredArtifact>;
}
