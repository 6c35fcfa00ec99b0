import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventSchema, notifierCommands, type WebhookResource } from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import { newId } from '@necrocode/service-kit';
import { eventually } from '@necrocode/testing';
import { Webhook } from 'standardwebhooks';
import { startEndpoint, type TestEndpoint } from './testing/endpoint.js';
import { AS_USER, openWorld, type Replica, type World } from './testing/notifier.js';

let world: World;
let replica: Replica;
const endpoints: TestEndpoint[] = [];

beforeAll(async () => {
  world = await openWorld();
  replica = await world.startReplica();
});
afterEach(async () => {
  for (const { webhookId } of (await ask('listWebhooks', {})).items) await ask('deleteWebhook', { webhookId });
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close()));
});
afterAll(() => world.close());

const ask: <Name extends keyof typeof notifierCommands>(
  name: Name,
  body: Parameters<(typeof notifierCommands)[Name]['request']['parse']>[0],
) => Promise<Extract<ReturnType<(typeof notifierCommands)[Name]['reply']['parse']>, { ok: true }>['value']> = (
  name,
  body,
) => world.commands.ask(notifierCommands[name] as never, body as never, AS_USER);

async function endpoint(): Promise<TestEndpoint> {
  const started = await startEndpoint();
  endpoints.push(started);
  return started;
}

const show = (webhookId: WebhookId): Promise<WebhookResource> => ask('getWebhook', { webhookId });
const pending = async (webhookId: WebhookId) => (await show(webhookId)).deliveries.pending;

function ofStream(events: readonly { readonly streamId: string }[], jobId: string): number {
  return events.filter(({ streamId }) => streamId === `job-${jobId}`).length;
}

describe('a webhook', () => {
  it('is told of the events it has chosen, signed, as the CloudEvents everybody else gets', async () => {
    const target = await endpoint();
    const { secret } = await world.hook(target.url, 'job.task-started', 'job.completed');
    await world.happen(newId('job'), 'JobSubmitted', 'TaskStarted', 'JobCompleted');
    await eventually(() => expect(target.types()).toEqual(['TaskStarted', 'JobCompleted']));
    const [first] = target.received;
    expect(cloudEventSchema.parse(first?.event)).toEqual(first?.event);
    expect(first?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': first?.event.id,
    });
    expect(new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {})).toEqual(first?.event);
  });

  it('is told of nothing that was before it, until it asks', async () => {
    const target = await endpoint();
    const jobId = newId('job');
    const before = await world.store.lastPosition();
    await world.happen(jobId, 'JobSubmitted', 'TaskStarted');
    await eventually(async () => expect(ofStream(await world.store.readAll(before, 100), jobId)).toBe(2));
    const { webhookId } = await world.hook(target.url, 'job.*');
    await world.happen(jobId, 'JobCompleted');
    await eventually(() => expect(target.types()).toEqual(['JobCompleted']));
    const [last] = target.received;
    const position = String(BigInt(last?.event.sequence ?? 0) - 2n);
    expect(await ask('replayWebhook', { webhookId, replay: { since: { position }, alsoDelivered: false } })).toEqual({
      webhookId,
      behind: String(BigInt(position) - 1n),
    });
    await eventually(() => expect(target.types()).toEqual(['JobCompleted', 'JobSubmitted', 'TaskStarted']));
  });

  it('gets an event again until it takes it, with the same id, and the later ones of that aggregate only then', async () => {
    const target = await endpoint();
    let refusals = 2;
    target.answer(({ event }) => (event.eventtype === 'JobSubmitted' && (refusals -= 1) >= 0 ? 500 : 200));
    const { webhookId } = await world.hook(target.url, '*');
    const [slow, other] = [newId('job'), newId('job')];
    await world.happen(slow, 'JobSubmitted', 'TaskStarted');
    await world.happen(other, 'TaskQueued');
    await eventually(() => expect(target.received).toHaveLength(5));
    const ofSlow = target.received.filter(({ event }) => event.subject === slow);
    expect(ofSlow.map(({ event }) => event.eventtype)).toEqual([
      'JobSubmitted',
      'JobSubmitted',
      'JobSubmitted',
      'TaskStarted',
    ]);
    expect(new Set(ofSlow.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await eventually(async () => expect(await pending(webhookId)).toBe(0));
    expect((await show(webhookId)).circuit).toMatchObject({ state: 'closed', consecutiveFailures: 0 });
  });

  it('that never takes one event has it dead after the last attempt; a replay brings it back', async () => {
    const target = await endpoint();
    let isMended = false;
    target.answer(({ event }) => (event.eventtype === 'JobSubmitted' && !isMended ? 400 : 200));
    const { webhookId } = await world.hook(target.url, '*');
    const jobId = newId('job');
    await world.happen(jobId, 'JobSubmitted', 'JobCompleted');
    await eventually(() => expect(target.types().at(-1)).toBe('JobCompleted'));
    const { items } = await ask('listDeliveries', { webhookId, query: { status: 'dead', limit: 50 } });
    expect(items).toMatchObject([{ event: 'job.submitted', attempts: 4, lastStatus: 400, status: 'dead' }]);
    isMended = true;
    const since = { position: items[0]?.position ?? '' };
    await ask('replayWebhook', { webhookId, replay: { since, alsoDelivered: false } });
    await eventually(() => expect(target.types().slice(-2)).toEqual(['JobCompleted', 'JobSubmitted']));
    await eventually(async () => expect((await show(webhookId)).deliveries).toEqual({ pending: 0, dead: 0 }));
  });

  it('whose endpoint is dead is tried less and less, holds up no other, and catches up when it is back', async () => {
    const [dead, well] = [await endpoint(), await endpoint()];
    dead.answer(() => 503);
    const { webhookId } = await world.hook(dead.url, '*');
    await world.hook(well.url, '*');
    const jobs = Array.from({ length: 12 }, () => newId('job'));
    for (const jobId of jobs) await world.happen(jobId, 'JobSubmitted');
    await eventually(() => expect(well.received).toHaveLength(12));
    await eventually(async () => expect((await show(webhookId)).circuit.state).toBe('open'));
    dead.answer(() => 200);
    const taken = () => new Set(dead.received.map(({ event }) => event.subject));
    await eventually(async () => expect(await pending(webhookId)).toBe(0), { withinMs: 20_000 });
    expect(taken().size).toBe(12);
    expect((await show(webhookId)).circuit).toMatchObject({ state: 'closed', consecutiveFailures: 0, nextTryAt: null });
  });

  it('that answers 410 is disabled; enabled again it goes on where it stopped', async () => {
    const target = await endpoint();
    target.answer(() => 410);
    const { webhookId } = await world.hook(target.url, '*');
    const jobId = newId('job');
    await world.happen(jobId, 'JobSubmitted');
    await eventually(async () =>
      expect(await show(webhookId)).toMatchObject({ status: 'disabled', disabledBecause: 'gone' }),
    );
    await world.happen(jobId, 'JobCompleted');
    target.answer(() => 200);
    await ask('updateWebhook', { webhookId, changes: { enabled: true } });
    await eventually(() => expect(target.types()).toEqual(['JobSubmitted', 'JobSubmitted', 'JobCompleted']));
  });

  it('signs with both secrets while one takes over from the other', async () => {
    const target = await endpoint();
    const { webhookId, secret: old } = await world.hook(target.url, '*');
    const { secret } = await ask('rotateSecret', { webhookId });
    expect(secret).not.toBe(old);
    await world.happen(newId('job'), 'JobSubmitted');
    await eventually(() => expect(target.received).toHaveLength(1));
    const [{ body, headers } = { body: '', headers: {} }] = target.received;
    for (const each of [secret, old]) expect(() => new Webhook(each).verify(body, headers)).not.toThrow();
  });

  it('can be pinged, whatever its circuit says', async () => {
    const target = await endpoint();
    const { webhookId, secret } = await world.hook(target.url, 'job.completed');
    expect(await ask('pingWebhook', { webhookId })).toMatchObject({ delivered: true, status: 204, error: null });
    const [{ body, headers } = { body: '', headers: {} }] = target.received;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'io.necrocode.webhook.ping.v1' });
    target.answer(() => 302);
    expect(await ask('pingWebhook', { webhookId })).toMatchObject({ delivered: false, status: 302 });
  });

  it('shows its secret when it is made, and never again', async () => {
    const target = await endpoint();
    const body = { webhookId: newId('hook'), webhook: { url: target.url, events: ['*'], description: 'ours' } };
    const made = await ask('createWebhook', body);
    expect(made).toMatchObject({
      repeated: false,
      webhook: { secret: expect.stringMatching(/^whsec_/), createdBy: 'user:ada' },
    });
    expect(await ask('createWebhook', body)).toEqual({ ...made, repeated: true });
    expect(JSON.stringify([await ask('listWebhooks', {}), await show(body.webhookId)])).not.toContain('whsec_');
    await expect(
      ask('createWebhook', { ...body, webhook: { ...body.webhook, events: ['job.*'] } }),
    ).rejects.toMatchObject({ problem: { code: 'idempotency-conflict' } });
  });

  it.each(['https://127.0.0.2/', 'https://[::1]/', 'https://169.254.169.254/', 'http://1.1.1.1/'])(
    'cannot be at %s',
    async (url) => expect(world.hook(url, '*')).rejects.toMatchObject({ problem: { code: 'webhook-address-refused' } }),
  );

  it('that is deleted is told nothing more and cannot be found', async () => {
    const target = await endpoint();
    const { webhookId } = await world.hook(target.url, '*');
    await ask('deleteWebhook', { webhookId });
    await expect(show(webhookId)).rejects.toMatchObject({ problem: { code: 'webhook-not-found' } });
    expect(await world.query('select * from notifier.delivery where webhook_id = $1', [webhookId])).toEqual([]);
  });
});

describe('a notifier that dies', () => {
  it('leaves nothing out, and two share the work without sending twice', async () => {
    const target = await endpoint();
    target.answer(() => 'never');
    const { webhookId } = await world.hook(target.url, '*');
    const jobs = Array.from({ length: 20 }, () => newId('job'));
    for (const jobId of jobs) await world.happen(jobId, 'JobSubmitted');
    await eventually(() => expect(target.received.length).toBeGreaterThan(0));
    await replica.stop();
    const before = target.received.length;
    target.answer(() => 200);
    await Promise.all([world.startReplica(), world.startReplica()]);
    const after = () => target.received.slice(before).map(({ event }) => event.subject);
    await eventually(() => expect(new Set(after())).toEqual(new Set(jobs)));
    await eventually(async () => expect(await pending(webhookId)).toBe(0));
    expect(after().sort()).toEqual(jobs.sort());
  });
});
