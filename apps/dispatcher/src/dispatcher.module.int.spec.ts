import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { dispatcherCommands, startRequest, type StartRequest, streamIdOf, subjects } from '@necrocode/contracts';
import { executionDecider, runnerDecider } from '@necrocode/domain';
import { handleCommand, type StreamAppend } from '@necrocode/event-store';
import { parseServerUrls } from '@necrocode/messaging';
import {
  createLogger,
  listen,
  loadConfig,
  nestLogger,
  newId,
  openPlatform,
  type OpenPlatform,
  PlatformModule,
  RemoteProblem,
  rootModule,
} from '@necrocode/service-kit';
import { createTestDatabase, eventually, startTestNats, type TestDatabase } from '@necrocode/testing';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { type DispatcherConfig, dispatcherConfig } from './dispatcher.config.js';
import { DispatcherModule } from './dispatcher.module.js';
import { migrations } from './migrations/index.js';
import { ending, runnerDescription, submission, task } from './spec/fixtures.js';
import { SCHEMA } from './tables/schema.js';

let database: TestDatabase;
let nats: Awaited<ReturnType<typeof startTestNats>>;
let opened: OpenPlatform<DispatcherConfig>;
let service: INestMicroservice;
/** What it has logged. */
let lines: { readonly level: string; readonly msg: string }[];

beforeEach(async () => {
  [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
  const config = loadConfig(dispatcherConfig, {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    ASSIGN_POLL_MS: '60000',
  });
  lines = [];
  const logger = createLogger('dispatcher', 'warn', {
    write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
  });
  opened = await openPlatform('dispatcher', config, logger, { schema: SCHEMA, migrations });
  const { servers, credentials } = parseServerUrls(nats.url);
  service = await NestFactory.createMicroservice<MicroserviceOptions>(
    rootModule(PlatformModule.of(opened.platform), DispatcherModule),
    {
      transport: Transport.NATS,
      options: { servers: [...servers], ...credentials, queue: 'dispatcher' },
      logger: nestLogger(logger),
    },
  );
  await listen(service);
});

afterEach(async () => {
  await service.close();
  await opened.close();
  await Promise.all([database.drop(), nats.stop()]);
});

const ask: OpenPlatform<DispatcherConfig>['platform']['commands']['ask'] = (command, body, options) =>
  opened.platform.commands.ask(command, body, options);
const actor = 'user:ada';

function emptied({ events, ...stream }: StreamAppend): StreamAppend {
  return { ...stream, events: events.map((event) => ({ ...event, data: {} })) };
}

/** An agent that accepts what it is asked to start, and the monitor that appends its reports. */
async function runner() {
  const { store, messaging } = opened.platform;
  const description = runnerDescription(1);
  const { runnerId } = description;
  const requests: StartRequest[] = [];
  messaging.nats.subscribe(subjects.runner(runnerId, 'start'), {
    callback: (_, message) => {
      requests.push(startRequest.parse(message.json()));
      message.respond(JSON.stringify({ answer: 'accepted' }));
    },
  });
  const at = new Date().toISOString();
  await handleCommand({
    store,
    decider: runnerDecider,
    streamId: streamIdOf('runner', runnerId),
    command: { type: 'RegisterRunner', runner: description, sessionId: 'session', at },
    metadata: { actor: 'service:runner-monitor', correlationId: runnerId },
  });
  const report = (command: Parameters<typeof executionDecider.decide>[0]) =>
    handleCommand({
      store,
      decider: executionDecider,
      streamId: streamIdOf('execution', command.execution.executionId),
      command,
      metadata: { actor: `runner:${runnerId}`, correlationId: command.execution.jobId },
    });
  return { requests, report };
}

describe('the dispatcher over NATS', () => {
  it('takes a job from submission to its end by commands and events alone', async () => {
    const agent = await runner();
    const job = submission([task('a'), task('b', { dependsOn: ['a'] })]);
    const { jobId } = job;
    expect(await ask(dispatcherCommands.submitJob, { ...job, tasks: [...job.tasks] }, { actor })).toEqual({
      jobId,
      repeated: false,
    });
    for (const [index, { taskId }] of job.tasks.entries()) {
      expect(await ask(dispatcherCommands.findTask, { taskId }, { actor })).toEqual({ jobId });
      const request = await eventually(() => {
        expect(agent.requests).toHaveLength(index + 1);
        return agent.requests[index];
      });
      const execution = request?.execution;
      if (!execution) throw new Error('not started');
      expect(execution.taskId).toBe(taskId);
      const at = new Date().toISOString();
      await agent.report({ type: 'RecordStarted', execution, containment: 'cgroup2', pid: 4242, at });
      await agent.report({ type: 'RecordEnded', execution, ending: ending('exited'), at });
    }
    await eventually(async () => {
      const facts = await ask(dispatcherCommands.describeJob, { jobId }, { actor });
      expect(facts).toMatchObject({ status: 'completed', executions: [] });
    });
  });

  it('blocks dispatch, and answers what it cannot do with a code', async () => {
    const job = submission([task('a')]);
    await ask(dispatcherCommands.submitJob, { ...job, tasks: [...job.tasks] }, { actor });
    const order = { cancellationId: newId('can'), jobId: job.jobId, taskId: null, cascade: 'dependents' as const };
    const { facts } = await ask(dispatcherCommands.blockDispatch, order, { actor });
    expect(facts.status).toBe('cancelled');
    const unknown = ask(dispatcherCommands.blockDispatch, { ...order, jobId: newId('job') }, { actor });
    await expect(unknown).rejects.toBeInstanceOf(RemoteProblem);
    await expect(unknown).rejects.toMatchObject({ problem: { code: 'job-not-found', status: 404 } });
  });

  it('stores nothing that the registry of events does not know, and says which field of which event', async () => {
    const { store } = opened.platform;
    const append = store.append.bind(store);
    // As a fault in our own code would have it.
    jest
      .spyOn(store, 'append')
      .mockImplementationOnce(([stream, ...others], companions) =>
        append([...(stream ? [emptied(stream)] : []), ...others], companions),
      );
    const job = submission([task('a')]);
    const submit = () => ask(dispatcherCommands.submitJob, { ...job, tasks: [...job.tasks] }, { actor });
    const stream = streamIdOf('job', job.jobId);
    const problem = { code: 'event-refused', status: 500, fields: [{ path: 'data.jobId', message: 'custom' }] };
    await expect(submit()).rejects.toMatchObject({ problem });
    expect(await store.readStream(stream)).toEqual([]);
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      msg: 'command failed',
      err: { code: 'event-refused', cause: { message: 'JobSubmitted: data.jobId is custom' } },
    });
    expect(await submit()).toMatchObject({ jobId: job.jobId });
  });
});
