import { randomUUID } from 'node:crypto';
import { dispatcherCommands, streamIdOf } from '@necrocode/contracts';
import type { CancellationId, CancellationRequest, ExecutionEnding, ExecutionIdentity, JobId } from '@necrocode/domain';
import type { StoredEvent } from '@necrocode/event-store';
import { PostgresEventStore } from '@necrocode/event-store-postgres';
import { type CommandClient, createLogger, DriveQueue, openDatabase } from '@necrocode/service-kit';
import type { TestDatabase } from '@necrocode/testing';
import { Bulks } from '../bulks.js';
import { CancellationDrive } from '../drive-cancellation/cancellation-drive.js';
import { PerformEffect } from '../drive-cancellation/perform-effect.js';
import { migrations } from '../migrations/index.js';
import { PlanCancellation } from '../plan-cancellation/plan-cancellation.js';
import { RecordProgress } from '../record-progress/record-progress.js';
import { RequestCancellation } from '../request-cancellation/request-cancellation.js';
import { OpenTargets } from '../saga/open-targets.js';
import { Saga } from '../saga/saga.js';
import { DRIVE_TABLE, SCHEMA } from '../saga/schema.js';
import { UndoCancellation } from '../undo-cancellation/undo-cancellation.js';
import type { ScriptedOwners } from './scripted-owners.js';

/** One replica of the service on a database that others may share; its timer stands still, so a spec drives by hand. */
export async function openService({ url }: TestDatabase, owners: ScriptedOwners, patienceMs = 60_000) {
  const store = await PostgresEventStore.open({ connectionString: url });
  const database = await openDatabase({ url, schema: SCHEMA, migrations });
  const logger = createLogger('cancellation-service', 'silent');
  const targets = new OpenTargets(database);
  const drives = new DriveQueue(database, SCHEMA, DRIVE_TABLE);
  const saga = new Saga(store, targets, drives);
  // The service asks through this one method only.
  const commands = owners as unknown as CommandClient;
  const drive = new CancellationDrive(saga, new PerformEffect(saga, commands), drives, logger, patienceMs);
  const plans = new PlanCancellation(targets, commands);
  // What is stored of the job is what the owners know of it.
  const jobs = {
    describe: (jobId: JobId) => owners.ask(dispatcherCommands.describeJob, { jobId }),
    isAnyLeft: () => Promise.resolve(owners.anyLeft),
  };
  const requests = new RequestCancellation(saga, targets, drives, drive, plans, jobs, commands, logger);
  const undo = new UndoCancellation(saga, drive);
  const progress = new RecordProgress(saga, targets, drive);
  const config = { BULK_CONFIRM_OVER: 100, REDRIVE_FIRST_MS: 60_000, REDRIVE_LONGEST_MS: 60_000 };
  const bulks = new Bulks({ store, database, commands, saga, targets, drives, drive, config, logger });
  return {
    bulks,
    saga,
    drives,
    drive,
    targets,
    request: (request: CancellationRequest, planToken: string | null = null, traceparent?: string) =>
      requests.handle(request, { id: randomUUID(), actor: request.requestedBy, traceparent }, planToken),
    plan: (request: CancellationRequest, planToken: string | null = null) =>
      plans.handle(request, planToken, { id: randomUUID(), actor: request.requestedBy }),
    undo: (cancellationId: CancellationId) => undo.handle(cancellationId, { id: randomUUID(), actor: 'user:spec' }),
    hear: (event: StoredEvent) => progress.handle(event),
    state: async (cancellationId: CancellationId) => (await saga.load(cancellationId)).state,
    types: async (cancellationId: CancellationId) => (await saga.load(cancellationId)).events.map(({ type }) => type),
    async close() {
      await bulks.drive.settled();
      await drive.settled();
      await store.close();
      await database.destroy();
    },
  };
}

/** What the runner-monitor would have stored. */
export function executionEnded(execution: ExecutionIdentity, ending: ExecutionEnding): StoredEvent {
  return {
    id: randomUUID(),
    streamId: streamIdOf('execution', execution.executionId),
    streamVersion: 3,
    type: 'ExecutionEnded',
    schemaVersion: 1,
    data: { execution, ending, at: new Date().toISOString() },
    metadata: { actor: 'service:runner-monitor', correlationId: execution.jobId },
    recordedAt: new Date().toISOString(),
    hash: 'sha256:0',
    previousHash: null,
  };
}
