import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventSchema, findEvent, parseStreamId } from '@necrocode/contracts';
import { runNode } from '../support/run-cli.js';
import { testSystem } from '../support/test-system.js';

const SCRIPTS = join(import.meta.dirname, '../../../../examples/scripts');
const LOADER = join(SCRIPTS, '../../tools/run-typescript.mjs');
let world: Awaited<ReturnType<typeof testSystem>>;

beforeAll(async () => {
  world = await testSystem();
}, 180_000);
afterAll(() => world.end(), 60_000);

async function run(script: string): Promise<string> {
  const { gatewayUrl, token } = world.system;
  const { code, stdout, stderr } = await runNode([join(SCRIPTS, script)], {
    NECROCODE_URL: gatewayUrl,
    NECROCODE_TOKEN: token,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('the example scripts, as written, against a started system', () => {
  it('cancel a job', async () => {
    const said = await run('cancel-a-job.mjs');
    expect(said).toMatch(/wild: SIGTERM to \d+, then SIGKILL to \d+; forced; 0 survivors/);
    expect(said).toContain('2 tasks cancelled, 1 of them never started');
    expect(said).toMatch(/: wild cancelled, behind cancelled\n$/);
  }, 120_000);

  it('cancel a task with cascade', async () => {
    expect(await run('cancel-a-task.mjs')).toMatch(
      /train cancelled, evaluate cancelled, publish cancelled, index running\n$/,
    );
  }, 120_000);

  it('cancel a batch', async () => {
    const said = await run('cancel-a-batch.mjs');
    expect(said).toMatch(/Would cancel 300 jobs: \d+ that wait and \d+ that have begun/);
    expect(said).toMatch(
      /: completed\n300 of 300 jobs cancelled, \d+ of them never started\n[1-9]\d* executions ended/,
    );
    expect(said).toMatch(/cancelled, proven by a certificate of its own, can_/);
  }, 120_000);

  it('watch a cancellation', async () => {
    const said = await run('watch-a-cancellation.mjs');
    const seen = [
      'CancellationRequested',
      'StepStarted  terminate',
      'StepCompleted  terminate',
      'CancellationCompleted',
    ];
    const places = seen.map((line) => said.indexOf(line));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(said).toMatch(/is cancelled, proven \d+(\.\d+)? ms after/);
  }, 120_000);
});

describe('the example subscriber, with the credentials for other systems', () => {
  it('hears every event of all that was cancelled here, each as the registry describes it', async () => {
    const subscriber = join(SCRIPTS, '../subscribers/typescript/subscribe.ts');
    const { code, stdout, stderr } = await runNode(['--import', LOADER, subscriber, 'spec', '--past'], {
      NATS_URL: world.system.subscriberUrl ?? '',
      EVENTS: 'necrocode.events.>',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => cloudEventSchema.parse(JSON.parse(line)));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => String(index + 1)));
    for (const { streamid, eventtype, type, data } of events) {
      const known = findEvent(parseStreamId(streamid).aggregate, eventtype);
      expect(type).toBe(`io.necrocode.${known?.aggregate}.${known?.name}.v${known?.schemaVersion}`);
      expect(known?.data.parse(data)).toEqual(data);
    }
    const types = new Set(events.map(({ eventtype }) => eventtype));
    for (const type of ['JobSubmitted', 'ExecutionForceKilled', 'CancellationCompleted', 'BulkConcluded'])
      expect(types).toContain(type);
  }, 120_000);
});
