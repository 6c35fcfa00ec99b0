import {
  type ExecutionReport,
  type Heartbeat,
  type HoldReply,
  holdRequest,
  type InspectReply,
  inspectRequest,
  type RunnerControl,
  runnerMonitorCommands,
  stopRunnerRequest,
  type StopRunnerRequest,
  subjects,
} from '@necrocode/contracts';
import type { DeathEvidence, ExecutionEnding, ExecutionIdentity, RunnerDescription, RunnerId } from '@necrocode/domain';
import { type MessagingConnection, runnerPublisher, type RunnerPublisher } from '@necrocode/messaging';
import { type CommandClient, newId } from '@necrocode/service-kit';
import type { Subscription } from '@nats-io/nats-core';
import { randomUUID } from 'node:crypto';

/** An agent as the monitor sees it: on the wire, with nothing behind it. Specs say what it does. */
export class ScriptedRunner {
  readonly runnerId: RunnerId;
  sessionId: string = randomUUID();
  /** Stop requests that came in, oldest first. */
  readonly stops: StopRunnerRequest[] = [];
  /** What happens on a stop; `false`: no answer. */
  onStop: (request: StopRunnerRequest) => boolean | Promise<boolean> = () => true;
  survivors = 0;
  /** What it says to have in hand when it is inspected; of what is not here it says nothing. */
  readonly inHand = new Map<string, ExecutionIdentity | null>();
  /** Jobs whose workspaces are there when it is inspected; of what is not here it says nothing. */
  readonly workspaces = new Map<string, boolean>();
  readonly answersToHold = new Map<string, HoldReply['answers'][number]['answer']>();

  private readonly publisher: RunnerPublisher;
  private readonly subscriptions: Subscription[] = [];
  private beating: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly commands: CommandClient,
    runnerId: RunnerId = newId('run'),
  ) {
    this.runnerId = runnerId;
    this.publisher = runnerPublisher(connection);
  }

  get description(): RunnerDescription {
    return {
      runnerId: this.runnerId,
      host: 'spec',
      bootId: 'b00t',
      capacity: 4,
      containment: 'cgroup2',
      labels: {},
      slots: [],
      version: '0.0.0',
    };
  }

  /** Answers control requests from now on. */
  connect(): void {
    this.respond('stop', async (body) => {
      const request = stopRunnerRequest.parse(body);
      this.stops.push(request);
      if (!(await this.onStop(request))) return null;
      return {
        answers: request.stops.map(({ execution }) => ({ executionId: execution.executionId, answer: 'signalled' })),
      };
    });
    for (const control of ['freeze', 'thaw'] as const) {
      this.respond(control, (body): Promise<HoldReply> => {
        const { executions } = holdRequest.parse(body);
        const answers = executions.map(({ executionId }) => ({
          executionId,
          answer: this.answersToHold.get(executionId) ?? 'refused',
        }));
        return Promise.resolve({ answers });
      });
    }
    this.respond('inspect', async (body): Promise<InspectReply> => {
      const { executionIds, jobId } = inspectRequest.parse(body);
      const hasWorkspace = jobId === null ? undefined : this.workspaces.get(jobId);
      const executions = executionIds.map((executionId) => {
        const inHand = this.inHand.get(executionId);
        return { executionId, survivors: this.survivors, ...(inHand === undefined ? {} : { inHand }) };
      });
      const said = hasWorkspace === undefined ? {} : { hasWorkspace };
      return { executions, leftFiles: 7, ...said, at: new Date().toISOString() };
    });
  }

  /** Answers nobody any more and stops its heart. */
  disconnect(): void {
    clearInterval(this.beating);
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  async close(): Promise<void> {
    this.disconnect();
    await this.publisher.close();
  }

  register(more: Partial<ScriptedRunner['description']> = {}) {
    const body = { runner: { ...this.description, ...more }, sessionId: this.sessionId };
    return this.commands.ask(runnerMonitorCommands.registerRunner, body, { actor: `runner:${this.runnerId}` });
  }

  /** @returns the reply @throws when nobody answers within 250 ms */
  async beat(
    executionIds: readonly string[] = [],
    sessionId = this.sessionId,
    more: Pick<Heartbeat, 'workspaces'> = {},
  ): Promise<unknown> {
    const beat = { runnerId: this.runnerId, sessionId, executionIds, ...more, at: new Date().toISOString() };
    const subject = subjects.runner(this.runnerId, 'heartbeat');
    const reply = await this.connection.nats.request(subject, JSON.stringify(beat), { timeout: 250 });
    return reply.json();
  }

  beatEvery(ms: number, executionIds: readonly string[] = []): void {
    clearInterval(this.beating);
    this.beating = setInterval(() => void this.beat(executionIds).catch(() => undefined), ms);
  }

  /** Resolves when JetStream has the report. */
  async report(report: ExecutionReport, id: string = randomUUID(), traceparent?: string): Promise<string> {
    const { executionId } = report.execution;
    const address = { runnerId: this.runnerId, executionId, kind: report.kind };
    const traced = traceparent === undefined ? {} : { traceparent };
    await this.publisher.publishReport({ ...address, id, body: report, ...traced });
    return id;
  }

  started(execution: ExecutionIdentity): ExecutionReport {
    return { kind: 'started', execution, containment: 'cgroup2', pid: 4711, at: new Date().toISOString() };
  }

  signalled(execution: ExecutionIdentity): ExecutionReport {
    const at = new Date().toISOString();
    return { kind: 'signalled', execution, evidence: { signal: 'SIGTERM', at, processes: 1, answer: 'delivered' }, at };
  }

  ended(
    execution: ExecutionIdentity,
    ending: Partial<ExecutionEnding> = {},
    evidence: Partial<DeathEvidence> = {},
  ): ExecutionReport {
    const at = new Date().toISOString();
    const full: ExecutionEnding = {
      reason: 'exited',
      exit: { code: 0, signal: null },
      started: true,
      cancellationId: null,
      error: null,
      ...ending,
      evidence: {
        containment: 'cgroup2',
        assurance: 'kernel',
        signals: [],
        forced: false,
        peakProcesses: 1,
        survivors: 0,
        passes: 1,
        provenGoneAt: at,
        ...evidence,
      },
    };
    return {
      kind: 'ended',
      execution,
      ending: { ...full, evidence: { ...full.evidence, signals: [...full.evidence.signals] } },
      at,
    };
  }

  execution(fencingToken = 1): ExecutionIdentity {
    return {
      executionId: newId('exe'),
      jobId: newId('job'),
      taskId: newId('task'),
      runnerId: this.runnerId,
      attempt: 1,
      fencingToken,
      slot: null,
    };
  }

  private respond(control: RunnerControl, answer: (body: unknown) => Promise<object | null>): void {
    const subscription = this.connection.nats.subscribe(subjects.runner(this.runnerId, control), {
      callback: (_, message) =>
        void answer(message.json()).then((reply) => reply && message.respond(JSON.stringify(reply))),
    });
    this.subscriptions.push(subscription);
  }
}
