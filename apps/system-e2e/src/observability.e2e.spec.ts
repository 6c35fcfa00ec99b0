import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STEPS } from '@necrocode/domain';
import { logDirectory, readSystemState } from '@necrocode/local-system';
import { eventually } from '@necrocode/testing';
import { testSystem } from './support/test-system.js';

const ROOT = join(import.meta.dirname, '../../..');
const canaries = new Map<string, string>();
/** Something that would be found wherever it came out again. */
const canary = (place: string): string => {
  const value = `canary${canaries.size}x${randomBytes(8).toString('hex')}`;
  canaries.set(place, value);
  return value;
};

let world: Awaited<ReturnType<typeof testSystem>>;
let jobId: string;
let cancellationId: string;

beforeAll(async () => {
  world = await testSystem({ workers: [join(ROOT, 'examples/functions/handlers.mjs')], logLevel: 'trace' });
  const webhookId = await addWebhook();
  jobId = await submitSecrets();
  await provokeErrors();
  cancellationId = await cancelWithSecrets();
  await world.completed(cancellationId);
  await hasFailed(webhookId);
}, 180_000);
afterAll(() => world.end(), 60_000);

function call(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { gatewayUrl, token } = world.system;
  return fetch(`${gatewayUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function submitSecrets(): Promise<string> {
  const output = canary('output');
  const file = `out/${canary('artifact name')}.txt`;
  const script = `mkdir -p out; echo ${canary('file contents')} > "${file}"; echo "$SECRET"; echo ${output}; echo ${output} >&2; exec sleep 1000`;
  const body = {
    name: canary('job name'),
    labels: { team: canary('label') },
    metadata: { note: canary('metadata') },
    tasks: [
      {
        key: 'secret',
        command: ['sh', '-c', script, canary('argument')],
        env: { SECRET: canary('environment value') },
        artifacts: ['out/*'],
        onCancel: { artifacts: 'quarantine' },
        slot: { pool: 'repos' },
      },
    ],
  };
  const headers = {
    'idempotency-key': canary('Idempotency-Key'),
    'user-agent': canary('user agent'),
    'x-canary': canary('header'),
  };
  const response = await call('POST', '/api/jobs', JSON.stringify(body), headers);
  const { jobId: submitted } = (await response.json()) as { jobId: string };
  for await (const { text } of world.client.followLogs(submitted)) if (text.includes(output)) break;
  return submitted;
}

/** One that can never be reached: each delivery to it fails. */
async function addWebhook(): Promise<string> {
  const url = `https://nobody.invalid/${canary('webhook path')}?key=${canary('webhook query')}`;
  const body = JSON.stringify({ url, events: ['*'], description: canary('webhook description') });
  const { webhookId, secret } = (await (await call('POST', '/api/webhooks', body)).json()) as Record<string, string>;
  expect(secret).toMatch(/^whsec_/);
  canaries.set('webhook secret', String(secret));
  return String(webhookId);
}

async function hasFailed(webhookId: string): Promise<void> {
  await eventually(
    async () =>
      expect(await (await call('GET', `/api/webhooks/${webhookId}`)).json()).toMatchObject({
        circuit: { failingSince: expect.any(String) },
      }),
    { withinMs: 60_000 },
  );
}

async function provokeErrors(): Promise<void> {
  const refused = await Promise.all([
    call('POST', '/api/jobs', `{"name": "${canary('malformed body')}`),
    call('POST', '/api/jobs', JSON.stringify({ [canary('unknown field')]: 1, name: { not: canary('wrong type') } })),
    call('POST', '/api/jobs', '{}', { authorization: `Bearer ${canary('wrong token').padEnd(40, 'x')}` }),
    call('GET', `/api/jobs/${canary('path')}?q=${canary('query')}`),
    call('GET', `/${canary('unknown route')}`),
    call('POST', `/api/jobs/${jobId}/cancel`, JSON.stringify({ reason: { text: [canary('bad reason')] } })),
  ]);
  expect(refused.every(({ status }) => status >= 400 && status < 500)).toBe(true);
  const failing = await world.client.submitJob({
    name: 'failing',
    tasks: [
      { key: 'thrown', handler: 'fail', input: { message: canary('function error') }, optional: true },
      { key: 'answered', handler: 'greet', input: { name: canary('function input and result') } },
      { key: 'missing', command: [`/no/such/${canary('missing program')}`], optional: true },
    ],
  });
  await world.job(failing.jobId, ({ endedAt }) => endedAt !== null);
}

async function cancelWithSecrets(): Promise<string> {
  const body = JSON.stringify({ reason: canary('reason text') });
  const response = await call('POST', `/api/jobs/${jobId}/cancel`, body, { 'idempotency-key': canary('cancel key') });
  return ((await response.json()) as { cancellationId: string }).cancellationId;
}

const logs = (): ReadonlyMap<string, readonly string[]> => {
  const directory = logDirectory(world.home);
  const lines = (file: string) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return new Map(readdirSync(directory).map((file) => [file, lines(file)]));
};
const linesOf = (service: string): readonly Readonly<Record<string, unknown>>[] =>
  (logs().get(`${service}.log`) ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the logs', () => {
  it('hold no secret, whatever it was sent as', async () => {
    const { token, natsUrl, databaseUrl } = world.system;
    const secrets = new Map([...canaries, ['token', token], ...passwords({ natsUrl, databaseUrl })]);
    expect(secrets.size).toBeGreaterThan(25);
    const found = [...logs()].flatMap(([file, lines]) =>
      [...secrets].flatMap(([place, secret]) =>
        lines.filter((line) => line.includes(secret)).map((line) => `${file}: ${place}: ${line}`),
      ),
    );
    expect(found).toEqual([]);
    // They were there to be found.
    const job = JSON.stringify(await world.client.getJob(jobId));
    for (const place of ['job name', 'label', 'argument']) expect(job).toContain(canaries.get(place));
  });

  it('are JSON, every line, with level, time, service and what happened', () => {
    for (const service of [
      'gateway',
      'dispatcher',
      'runner-monitor',
      'cancellation-service',
      'artifact-cleaner',
      'runner-1',
      'worker-1',
      'notifier',
    ])
      for (const line of linesOf(service))
        expect(line).toMatchObject({
          level: expect.any(String),
          time: expect.any(String),
          service: expect.any(String),
          msg: expect.any(String),
        });
  });

  it('tell a cancellation from its start to its result, each step with its time', () => {
    const story = linesOf('cancellation-service').filter((line) => line['cancellationId'] === cancellationId);
    expect(story[0]).toMatchObject({ msg: 'cancellation accepted', scope: 'job', reason: 'user-request' });
    const completed = story.filter(({ msg }) => msg === 'step completed');
    expect(new Set(completed.map(({ step }) => step))).toEqual(new Set(STEPS));
    for (const line of completed) expect(line['tookMs']).toEqual(expect.any(Number));
    expect(story.at(-1)).toMatchObject({
      msg: 'cancellation result',
      outcome: 'completed',
      executions: 1,
      survivors: 0,
    });
    for (const line of story) expect(line).toMatchObject({ jobId, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it('tell each signal with its answer, and the end', () => {
    const story = linesOf('runner-monitor').filter((line) => line['cancellationId'] === cancellationId);
    const signal = { signal: 'SIGTERM', processes: 1, answer: 'delivered' };
    expect(story.find(({ msg }) => msg === 'execution ended')).toMatchObject({ jobId, signals: [signal] });
    // Of a process that dies at once the end overtakes what is recorded before it.
    const sent = story.filter(({ msg }) => msg === 'signal sent');
    if (sent.length > 0) expect(sent).toMatchObject([{ jobId, ...signal }]);
  });

  it('tell each cleanup and what came of it', () => {
    const story = linesOf('artifact-cleaner').filter((line) => line['jobId'] === jobId);
    expect(story.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['cleanup requested', 'slot proven clean', 'cleanup completed']),
    );
    expect(story.find((line) => line['msg'] === 'cleanup completed' && line['kind'] === 'job')).toMatchObject({
      artifacts: 1,
      leftFiles: 0,
    });
  });
});

describe('the metrics', () => {
  let text: string;
  beforeAll(async () => {
    const state = await readSystemState(world.home);
    const processes = state?.processes ?? [];
    const scraped = await Promise.all(
      processes.map(async ({ healthUrl }) => (await fetch(`${String(healthUrl)}/metrics`)).text()),
    );
    text = scraped.join('\n');
  });

  it('of all processes are those that are documented', () => {
    const documented = [
      ...readFileSync(join(ROOT, 'docs/operations/metrics.md'), 'utf8').matchAll(/^\| `([a-z_]+)` \|/gm),
    ];
    const served = [...text.matchAll(/^# TYPE (\S+) /gm)].flatMap(([, name = '']) =>
      /^(process|nodejs)_/.test(name) ? [] : name,
    );
    expect([...new Set(served)].sort()).toEqual(documented.map(([, name]) => name).sort());
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toContain(`# TYPE ${name} `);
  });

  it('hold no id and no secret', () => {
    for (const secret of [...canaries.values(), world.system.token]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/(job|can|exe|task|run)_[0-9a-z]{26}/);
  });

  it('have counted the cancellation, once', () => {
    expect(text).toContain('cancellation_requests_total{scope="job",reason="user-request"} 1\n');
    expect(text).toContain('cancellation_duration_seconds_count{scope="job"} 1\n');
    expect(text).toContain('cancellation_first_signal_seconds_count 1\n');
    expect(text).toContain('cancellation_gone_seconds_count 1\n');
    expect(text).toContain('cancellation_slots_free_seconds_count 1\n');
    expect(text).toContain('runners_terminated_total{how="graceful"} 1\n');
    expect(text).toContain('cancellations_open 0\n');
    expect(text.match(/^necrocode_relay_elected 1$/gm)).toHaveLength(1);
  });

  it('are served on the port of the API to those who have the token', async () => {
    expect((await call('GET', '/metrics', undefined, { authorization: 'Bearer none' })).status).toBe(401);
    expect(await (await call('GET', '/metrics')).text()).toContain('necrocode_projection_lag_seconds');
  });
});

function passwords(urls: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(urls).flatMap(([name, url]) => {
    const { username, password } = new URL(url);
    const secret = password === '' ? username : password;
    return secret.length < 8 ? [] : [[name, secret] as const];
  });
}
