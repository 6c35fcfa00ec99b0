import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, tempDirectory, type TempDirectory } from '@necrocode/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyTraining, type RunningExample, runExample } from './running-example.js';

let temp: TempDirectory;
let repository: string;
let running: RunningExample[];

beforeEach(async () => {
  temp = await tempDirectory();
  repository = await copyTraining(temp.path);
  running = [];
});

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await temp.remove();
});

function run(script: string, env: Record<string, string> = {}): RunningExample {
  const example = runExample(repository, 'node', [script], env);
  running.push(example);
  return example;
}
const checkpoint = (name: string): { epoch: number; loss: number } =>
  // Cast: written by our own script; the specs check what they read.
  JSON.parse(readFileSync(join(repository, 'checkpoints', name), 'utf8')) as { epoch: number; loss: number };

interface Card {
  readonly checkpoint: string;
  readonly digest: string;
  readonly accuracy: number;
}

describe('the training', () => {
  it('learns: the loss falls from epoch to epoch', async () => {
    const training = run('train.mjs', { EPOCHS: '2' });
    expect(await training.ended).toStrictEqual({ code: 0, signal: null });
    const losses = [...training.output().matchAll(/^epoch \d\/2 loss ([\d.]+)/gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(2);
    expect(losses[1]).toBeLessThan(losses[0] ?? 0);
  });

  it('writes a checkpoint per epoch', async () => {
    await run('train.mjs', { EPOCHS: '2' }).ended;
    expect((await readdir(join(repository, 'checkpoints'))).sort()).toStrictEqual([
      'epoch-0001.json',
      'epoch-0002.json',
    ]);
    expect(checkpoint('epoch-0002.json').loss).toBeLessThan(checkpoint('epoch-0001.json').loss);
  });

  it('saves one more on SIGTERM and exits 0', async () => {
    const training = run('train.mjs');
    await eventually(() => expect(training.output()).toContain('epoch 1/'));
    training.child.kill('SIGTERM');
    expect(await training.ended).toStrictEqual({ code: 0, signal: null });
    expect(checkpoint('final-on-sigterm.json').epoch).toBeGreaterThanOrEqual(1);
    await eventually(() => expect(training.output()).toMatch(/SIGTERM after epoch \d+: saved checkpoints/));
  });

  it('saves one also before the first epoch is over', async () => {
    const training = run('train.mjs');
    await eventually(() => expect(training.output()).toContain('points to learn from'));
    training.child.kill('SIGTERM');
    expect(await training.ended).toStrictEqual({ code: 0, signal: null });
    expect(existsSync(join(repository, 'checkpoints', 'final-on-sigterm.json'))).toBe(true);
  });

  it('refuses a number of epochs that is none', async () => {
    const training = run('train.mjs', { EPOCHS: 'many' });
    expect(await training.ended).toStrictEqual({ code: 2, signal: null });
    await eventually(() => expect(training.output()).toContain('EPOCHS must be a whole number from 1, not "many"'));
  });
});

describe('what waits for the training', () => {
  it('evaluates the newest checkpoint and publishes it', async () => {
    await run('train.mjs', { EPOCHS: '2' }).ended;
    expect(await run('evaluate.mjs').ended).toStrictEqual({ code: 0, signal: null });
    expect(await run('publish.mjs').ended).toStrictEqual({ code: 0, signal: null });
    const card = JSON.parse(readFileSync(join(repository, 'published', 'card.json'), 'utf8')) as Card;
    expect(card.checkpoint).toBe('epoch-0002.json');
    expect(card.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(card.accuracy).toBeGreaterThan(0.8);
  });

  it('has nothing to evaluate before', async () => {
    expect(await run('evaluate.mjs').ended).toMatchObject({ code: 1 });
  });
});

describe('the data set', () => {
  it('is what its generator draws', async () => {
    const data = join(repository, 'data', 'two-moons.csv');
    const committed = readFileSync(data, 'utf8');
    await run('make-dataset.mjs').ended;
    expect(readFileSync(data, 'utf8')).toBe(committed);
  });
});
