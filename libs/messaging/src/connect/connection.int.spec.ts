import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type NatsWorld, natsWorld } from '../spec/nats-world.js';
import { soon } from '../spec/soon.js';
import { connectMessaging } from './connection.js';
import { MessagingRefused, MessagingUnavailable } from './errors.js';
import type { LinkState } from './link.js';

jest.setTimeout(60_000);

let nats: NatsWorld;
beforeEach(async () => {
  nats = await natsWorld();
});
afterEach(async () => {
  await nats[Symbol.asyncDispose]();
});

describe('the first connection', () => {
  it('is waited for', async () => {
    await nats.server.kill();
    const connecting = nats.connect();
    await nats.server.restart();
    expect((await connecting).link.state).toBe('connected');
  });

  it('is waited for only so long, and the error tells where, not the password', async () => {
    await nats.server.kill();
    const error: unknown = await connectMessaging({
      url: nats.server.url,
      name: 'spec',
      firstConnectWithinMs: 150,
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MessagingUnavailable);
    const { password } = new URL(nats.server.url);
    expect(password.length).toBeGreaterThan(8);
    expect(String(error)).toContain(`127.0.0.1:${nats.server.port}`);
    expect(String(error)).not.toContain(password);
  });

  it('is refused at once with wrong credentials', async () => {
    const url = nats.server.url.replace(/\/\/.*@/, '//nobody:wrong@');
    await expect(connectMessaging({ url, name: 'spec' })).rejects.toThrow(MessagingRefused);
  });
});

describe('the link', () => {
  it('tells of every change', async () => {
    const states: LinkState[] = [];
    const connection = await nats.connect({ onState: (state) => states.push(state) });
    const { stretch } = connection.link;
    await nats.server.kill();
    await soon(() => expect(states).toEqual(['disconnected']));
    expect(stretch.aborted).toBe(true);
    await nats.server.restart();
    await connection.link.whenConnected();
    expect(states).toEqual(['disconnected', 'connected']);
    expect([connection.link.stretch.aborted, connection.link.state]).toEqual([false, 'connected']);
    await connection.close();
    expect(states).toEqual(['disconnected', 'connected', 'closed']);
    await expect(connection.link.whenConnected()).rejects.toThrow(MessagingUnavailable);
  });

  it('sends what was written before it closes', async () => {
    const listener = await nats.connect();
    const heard: string[] = [];
    listener.nats.subscribe('spec.last-words', { callback: (_, message) => void heard.push(message.string()) });
    await listener.nats.flush();
    const connection = await nats.connect();
    connection.nats.publish('spec.last-words', 'bye');
    await connection.close();
    await soon(() => expect(heard).toEqual(['bye']));
  });

  it('closes while the server is away', async () => {
    const connection = await nats.connect();
    await nats.server.kill();
    await connection.close();
    expect(connection.link.state).toBe('closed');
  });
});
