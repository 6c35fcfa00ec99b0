import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { submitJobBody } from '@necrocode/contracts';
import { describe, expect, it } from '@jest/globals';

const directory = join(import.meta.dirname, '../../../../examples/jobs');
const read = (name: string): unknown => JSON.parse(readFileSync(join(directory, name), 'utf8'));

describe('the example jobs', () => {
  it.each(readdirSync(directory))('are what POST /jobs takes: %s', (name) =>
    expect(submitJobBody.safeParse(read(name)).error?.issues ?? []).toStrictEqual([]),
  );

  it('let evaluate and publish wait for the training, and the rest for the clone', () => {
    const { tasks } = submitJobBody.parse(read('training.json'));
    const waits = tasks.map(({ key, dependsOn }) => `${key} < ${dependsOn.join()}`);
    expect(waits).toStrictEqual([
      'fetch < ',
      'train < fetch',
      'evaluate < train',
      'publish < evaluate',
      'stubborn < fetch',
      'daemoniser < fetch',
      'sleeper < fetch',
      'litterer < fetch',
    ]);
  });

  it('keep the checkpoints of a training that is cancelled', () => {
    const train = submitJobBody.parse(read('training.json')).tasks.find(({ key }) => key === 'train');
    expect(train).toMatchObject({ artifacts: ['repo/checkpoints/**'], onCancel: { artifacts: 'keep' } });
  });
});
