import { it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { runnerDescription, submission, task } from './spec/fixtures.js';
import { DispatcherStage } from './spec/open-dispatcher.js';
it('measures', async () => {
  const stage = await DispatcherStage.set();
  const replica = await stage.open();
  const q = (a: number[], p: number) => a.slice(20).sort((x, y) => x - y)[Math.floor((a.length - 20) * p)]?.toFixed(2);
  const measure = async (name: string, f: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 120; i++) { const t = performance.now(); await f(); times.push(performance.now() - t); }
    console.log(name, 'p50', q(times, .5), 'p90', q(times, .9));
  };
  const ev = () => ({ id: randomUUID(), type: 'X', schemaVersion: 1, data: {}, metadata: { actor: 'a', correlationId: 'c' } });
  await measure('append', () => replica.store.append([{ streamId: `job-${randomUUID()}`, expectedVersion: 0, events: [ev()] }]));
  await measure('append+1', () => replica.store.append([{ streamId: `job-${randomUUID()}`, expectedVersion: 0, events: [ev()] }], [{ text: 'insert into dispatcher.task values ($1,$2)', values: [randomUUID(), 'x'] }]));
  await measure('append+2', () => replica.store.append([{ streamId: `job-${randomUUID()}`, expectedVersion: 0, events: [ev()] }], [1, 2].map(() => ({ text: 'insert into dispatcher.task values ($1,$2)', values: [randomUUID(), 'x'] }))));
  await measure('append+arr', () => replica.store.append([{ streamId: `job-${randomUUID()}`, expectedVersion: 0, events: [ev()] }], [{ text: 'insert into dispatcher.task select * from unnest($1::text[], $2::text[])', values: [[randomUUID()], ['x']] }]));
  await measure('submit', () => replica.submit(submission([task('a')])));
  await measure('query', () => replica.dispatcher.tables.query('select 1'));
  await replica.register(runnerDescription(10000));
  replica.dispatcher.start();
  await measure('submit with loop', () => replica.submit(submission([task('a')])));
  const times: number[] = [];
  for (let i = 0; i < 120; i++) {
    const seen = new Promise<void>((resolve) => { replica.runners.answer = async () => { resolve(); return { answer: 'accepted' }; }; });
    const t = performance.now();
    await replica.submit(submission([task('a')]));
    await seen;
    times.push(performance.now() - t);
  }
  console.log('submit to start p50', q(times, .5), 'p90', q(times, .9));
  await measure('assignBatch', () => replica.assignBatch());
  await stage.strike();
}, 120000);
