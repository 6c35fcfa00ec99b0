// Fits a small neural network to the two moons. Prints the loss of each epoch, writes a checkpoint per epoch to checkpoints/,
// and on SIGTERM saves one more, final-on-sigterm.json, and exits 0.
//   EPOCHS   how many (default 900: several minutes)
import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { saveCheckpoint } from './checkpoints.mjs';
import { loadDataset } from './dataset.mjs';
import { Model } from './model.mjs';

const EPOCHS = Number(process.env.EPOCHS ?? 900);
const RATE = 0.02;
/** Points between two pauses. The pauses let a signal in within milliseconds and leave half a core to others. */
const SLICE = 400;

if (!Number.isInteger(EPOCHS) || EPOCHS < 1) {
  console.error(`EPOCHS must be a whole number from 1, not "${process.env.EPOCHS}"`);
  process.exit(2);
}

const { training, heldOut } = loadDataset();
const model = Model.initial(Math.random);
const order = Uint32Array.from({ length: training.size }, (_, index) => index);
const progress = { epoch: 0, loss: null, accuracy: model.accuracy(heldOut), model };
const show = (path) => relative(process.cwd(), path);

process.on('SIGTERM', () => {
  const path = saveCheckpoint('final-on-sigterm', progress);
  console.log(`SIGTERM after epoch ${progress.epoch}: saved ${show(path)}`);
  process.exit(0);
});

console.log(`${training.size} points to learn from, ${heldOut.size} held out, ${EPOCHS} epochs (pid ${process.pid})`);
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  shuffle(order);
  let sum = 0;
  for (let start = 0; start < order.length; start += SLICE) {
    const began = performance.now();
    for (const point of order.subarray(start, start + SLICE)) {
      sum += model.learn(training.inputs[2 * point], training.inputs[2 * point + 1], training.labels[point], RATE);
    }
    await pause(Math.ceil(performance.now() - began));
  }
  Object.assign(progress, { epoch, loss: sum / order.length, accuracy: model.accuracy(heldOut) });
  const path = saveCheckpoint(`epoch-${String(epoch).padStart(4, '0')}`, progress);
  const { loss, accuracy } = progress;
  console.log(`epoch ${epoch}/${EPOCHS} loss ${loss.toFixed(4)} accuracy ${accuracy.toFixed(4)} ${show(path)}`);
}

/** Fisher–Yates. */
function shuffle(numbers) {
  for (let last = numbers.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other], numbers[last]];
  }
}
