import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { startMailServer, type TestMailServer } from '../testing/mail-server.js';
import { openWorld, type World } from '../testing/notifier.js';
import { startEndpoint } from '../testing/endpoint.js';

const PAUSE_MS = 1_000;
const PASSWORD = 'the-mail-password';
let server: TestMailServer;
let world: World;
let logged = '';

beforeAll(async () => {
  server = await startMailServer(PASSWORD);
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  world = await openWorld(
    {
      MAIL_URL: `smtp://necrocode:${PASSWORD}@127.0.0.1:${server.port}`,
      MAIL_FROM: 'necrocode@example.org',
      MAIL_TO: 'ops@example.org, boss@example.org',
      MAIL_LOOK_MS: '50',
      MAIL_GATHER_MS: '300',
      MAIL_PAUSE_MS: String(PAUSE_MS),
    },
    log,
  );
  await world.startReplica();
  // Telling begins where the store is when the service first comes up: what failed before is not news.
  await eventually(async () => expect(await world.query('select 1 from notifier.mail')).toHaveLength(1));
});
afterAll(async () => {
  await world.close();
  await server.close();
});

/** As the cancellation-service would record them, all in one moment. */
async function unconfirmed(count = 1): Promise<void> {
  const data = { certificate: { outcome: 'unconfirmed', left: [{ step: 'terminate', code: 'runner-unreachable' }] } };
  const streams = Array.from({ length: count }, () => {
    const metadata = { actor: 'service:spec', correlationId: newId('job') };
    const event = { id: randomUUID(), type: 'CancellationLeftUnconfirmed', schemaVersion: 1, data, metadata };
    return { streamId: `cancellation-${newId('can')}`, expectedVersion: 0, events: [event] };
  });
  await world.store.append(streams);
}

const texts = (from: number): string =>
  server.mails
    .slice(from)
    .map(({ text }) => text)
    .join('\n');

describe('failures', () => {
  it('of a storm come in one mail, to everybody', async () => {
    await unconfirmed(40);
    await eventually(() => expect(server.mails).toHaveLength(1), { withinMs: 20_000 });
    const [mail] = server.mails;
    expect(mail?.to).toEqual(['ops@example.org', 'boss@example.org']);
    expect(mail?.text).toContain('Subject: [Necrocode] 40 cancellations unconfirmed');
    expect(mail?.text).toContain('terminate (runner-unreachable)');
    expect(mail?.text).toContain('and 20 more');
  });

  it('that come after a mail wait for the next, a webhook that was given up among them', async () => {
    const endpoint = await startEndpoint();
    endpoint.answer(() => 410);
    const { webhookId } = await world.hook(endpoint.url, 'cancellation.*');
    await unconfirmed();
    await eventually(() => expect(texts(1)).toContain(`${webhookId}: gone`), { withinMs: 20_000 });
    await eventually(() => expect(texts(1)).toContain('1 cancellation unconfirmed'), { withinMs: 20_000 });
    await endpoint.close();
    const times = server.mails.map(({ at }) => at);
    for (const [index, at] of times.slice(1).entries())
      expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(PAUSE_MS);
  });

  it('are told when the mail server is back', async () => {
    const before = server.mails.length;
    server.refuse(true);
    await unconfirmed();
    await eventually(() => expect(logged).toContain('failures cannot be told by e-mail now'), { withinMs: 20_000 });
    expect(server.mails).toHaveLength(before);
    server.refuse(false);
    await eventually(() => expect(texts(before)).toContain('1 cancellation unconfirmed'), { withinMs: 20_000 });
  });

  it('leave nothing of the account in the log', () => {
    expect(logged).toContain('failures were told by e-mail');
    expect(logged).not.toContain(PASSWORD);
    expect(logged).not.toContain('example.org');
  });
});
