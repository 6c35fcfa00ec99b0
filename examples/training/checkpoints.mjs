import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CHECKPOINTS = join(import.meta.dirname, 'checkpoints');

/** Written beside and renamed, so that whoever is killed half-way leaves a whole checkpoint or none. @returns its path */
export function saveCheckpoint(name, { epoch, loss, accuracy, model }) {
  mkdirSync(CHECKPOINTS, { recursive: true });
  const path = join(CHECKPOINTS, `${name}.json`);
  writeFileSync(`${path}.part`, JSON.stringify({ epoch, loss, accuracy, layers: model.toJson() }));
  renameSync(`${path}.part`, path);
  return path;
}

/** The newest checkpoint of a whole epoch. */
export function loadNewestCheckpoint() {
  const newest = readdirSync(CHECKPOINTS)
    .filter((name) => /^epoch-\d+\.json$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`no checkpoint in ${CHECKPOINTS}: run train.mjs first`);
  return { name: newest, ...JSON.parse(readFileSync(join(CHECKPOINTS, newest), 'utf8')) };
}
