import { type CleanReply, type CleanRequest, cleanRequest, subjects } from '@necrocode/contracts';
import type { CleanupReport, RunnerId } from '@necrocode/domain';
import type { MessagingConnection } from '@necrocode/messaging';
import { newId } from '@necrocode/service-kit';
import type { Subscription } from '@nats-io/nats-core';

export const REPORT: CleanupReport = { artifacts: [], filesRemoved: 3, bytesFreed: 1_234, leftFiles: 0 };

/** An agent as the cleaner sees it: on the wire, with nothing behind it. Specs say what it answers. */
export class ScriptedRunner {
  readonly runnerId: RunnerId = newId('run');
  /** Requests that came in, oldest first. */
  readonly requests: CleanRequest[] = [];
  /** The answers to come, then success; null: none. */
  readonly script: (CleanReply | null)[] = [];
  private subscription: Subscription | undefined;

  constructor(private readonly connection: MessagingConnection) {}

  connect(): this {
    this.subscription = this.connection.nats.subscribe(subjects.runner(this.runnerId, 'clean'), {
      callback: (_, message) => {
        const request = cleanRequest.parse(message.json());
        this.requests.push(request);
        const reply = this.script.length > 0 ? this.script.shift() : success(request);
        if (reply) message.respond(JSON.stringify(reply));
      },
    });
    return this;
  }

  disconnect(): void {
    this.subscription?.unsubscribe();
  }
}

function success(request: CleanRequest): CleanReply {
  if (request.kind === 'workspace') return { kind: 'workspace', report: { ...REPORT, artifacts: [] } };
  const checkedAt = new Date().toISOString();
  return { kind: 'slot', evidence: { kind: request.slot.kind, leftEntries: 0, checkedAt } };
}
