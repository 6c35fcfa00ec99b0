// Measures the newest checkpoint on the points it never saw and writes evaluation.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNewestCheckpoint } from './checkpoints.mjs';
import { loadDataset } from './dataset.mjs';
import { Model } from './model.mjs';

const checkpoint = loadNewestCheckpoint();
const accuracy = Model.fromJson(checkpoint.layers).accuracy(loadDataset().heldOut);
writeFileSync(
  join(import.meta.dirname, 'evaluation.json'),
  `${JSON.stringify({ checkpoint: checkpoint.name, accuracy })}\n`,
);
console.log(`${checkpoint.name}: accuracy ${accuracy.toFixed(4)} on points held out`);
