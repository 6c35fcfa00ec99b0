import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamNames, subjects } from '@necrocode/contracts';
import { eventually, startTestNats } from '@necrocode/testing';
import { connectMessaging, type MessagingConnection } from '../connect/connection.js';
import { parseServerUrls } from '../connect/server-urls.js';
import { provisionStreams } from '../provision/provision-streams.js';
import { type EventMirror, mirrorEvents } from './mirror-events.js';

let nats: Awaited<ReturnType<typeof startTestNats>>;
let house: MessagingConnection;
let mirror: EventMirror;
let subscriber: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  nats = await startTestNats();
  house = await connectMessaging({ url: nats.url, name: 'spec' });
  await provisionStreams(house.manager, house.streams);
  mirror = mirrorEvents({ source: house, keeperUrl: nats.keeperUrl, observe: () => undefined });
  const { servers, credentials } = parseServerUrls(nats.subscriberUrl);
  subscriber = await connect({ servers: [...servers], ...credentials });
  manager = await jetstreamManager(subscriber, { checkAPI: false, timeout: 1_000 });
  await eventually(async () => manager.streams.info(streamNames.events));
});
afterAll(async () => {
  await subscriber.close();
  await mirror.stop();
  await house.close();
  await nats.stop();
});

const happen = (name: string) =>
  house.jetstream.publish(subjects.event('job', 'job_1', name), JSON.stringify({ name }));

/** What a consumer of the subscriber's own brings, from the beginning. */
async function read(count: number): Promise<string[]> {
  const consumer = await jetstream(subscriber).consumers.get(streamNames.events, {});
  const names: string[] = [];
  for await (const message of await consumer.fetch({ max_messages: count, expires: 1_000 })) {
    names.push(message.json<{ name: string }>().name);
  }
  return names;
}

const REFUSED = expect.stringContaining('Permissions Violation');

describe('a subscriber', () => {
  it('reads events, past ones too, by a consumer of its own', async () => {
    await happen('submitted');
    await happen('completed');
    await eventually(async () => expect(await read(2)).toEqual(['submitted', 'completed']));
    await manager.consumers.add(streamNames.events, { durable_name: 'mine', filter_subject: 'necrocode.events.job.>' });
    expect((await manager.consumers.info(streamNames.events, 'mine')).num_pending).toBe(2);
  });

  it('hears events as they are published', async () => {
    const heard: string[] = [];
    subscriber.subscribe('necrocode.events.job.>', {
      callback: (_error, { subject }) => void heard.push(subject),
    });
    await subscriber.flush();
    await happen('retried');
    await eventually(() => expect(heard).toEqual(['necrocode.events.job.job_1.retried']));
  });

  it('has another copy soon after the events stream was lost', async () => {
    await house.manager.streams.delete(streamNames.events);
    await provisionStreams(house.manager, house.streams);
    await happen('once-more');
    await eventually(async () => expect(await read(1)).toEqual(['once-more']), { withinMs: 30_000 });
  });

  it.each([
    ['publish an event', 'necrocode.events.job.job_1.completed'],
    ['send a command', 'necrocode.dispatcher.submit-job'],
    ['stop an execution', 'necrocode.runners.run_1.stop'],
    ['report in the name of a runner', 'necrocode.reports.run_1.exe_1.ended'],
    ['reach the house through what the mirror uses', 'JS.necrocode.API.CONSUMER.CREATE.NECROCODE_EVENTS.mine'],
  ])('cannot %s', async (_what, subject) =>
    expect(subscriber.request(subject, '{}', { timeout: 1_000 })).rejects.toMatchObject({ message: REFUSED }),
  );

  it('cannot make, change, empty or delete a stream', async () => {
    const name = streamNames.events;
    for (const attempt of [
      () => manager.streams.add({ name: 'MINE', subjects: ['mine'] }),
      () => manager.streams.update(name, { max_msgs: 1 }),
      () => manager.streams.purge(name),
      () => manager.streams.delete(name),
      () => manager.streams.deleteMessage(name, 1),
      () => manager.streams.info(streamNames.reports),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ message: REFUSED });
    }
  });

  it.each(['necrocode.dispatcher.>', 'necrocode.runners.>', 'necrocode.reports.>', 'necrocode.output.>', '>'])(
    'cannot listen to %s',
    async (subject) => {
      const refusal = new Promise((resolve) => {
        subscriber.subscribe(subject, { callback: (error) => resolve(error) });
      });
      expect(await refusal).toMatchObject({ message: REFUSED });
    },
  );

  it("sees none of the house's consumers, and cannot take their messages", async () => {
    await house.manager.consumers.add(streamNames.events, { durable_name: 'of-the-house', ack_policy: 'explicit' });
    await expect(manager.consumers.info(streamNames.events, 'of-the-house')).rejects.toThrow('consumer not found');
    await manager.consumers.add(streamNames.events, { durable_name: 'of-the-house', ack_policy: 'none' });
    await manager.consumers.delete(streamNames.events, 'of-the-house');
    const { config } = await house.manager.consumers.info(streamNames.events, 'of-the-house');
    expect(config.ack_policy).toBe('explicit');
  });
});
