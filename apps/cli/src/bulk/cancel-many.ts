import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem, type NecrocodeClient } from '@necrocode/client';
import type { BulkCancelInput, BulkResource, BulkResult } from '@necrocode/contracts';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { detachable } from '../terminal/detachable.js';
import type { Terminal } from '../terminal/terminal.js';
import { exitCodeOfBulk } from './bulk-outcome.js';
import type { BulkOptions } from './bulk-options.js';
import { bulkProgress, showBulk } from './show-bulk.js';

/** Shows the plan, asks, cancels exactly that, and shows how far it is until every target is settled. @returns the exit code */
export async function cancelMany(
  client: NecrocodeClient,
  terminal: Terminal,
  target: BulkCancelInput['target'],
  options: BulkOptions,
): Promise<number> {
  const { output, reason, reasonCode, force, grace, dryRun, detach } = options;
  const body = {
    target,
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(force === undefined ? {} : { force }),
    ...(grace === undefined ? {} : { gracePeriodMs: grace }),
  };
  const planned = await client.cancelMany({ ...body, dryRun: true });
  if (planned.plan.targets === 0) return report(terminal, planned, planned.message, options, EXIT.nothingMatched);
  if (dryRun) return report(terminal, planned, planned.message, options, EXIT.ok);
  await consent(terminal, planned, options);
  const result = await request(client, body, planned, options);
  const { cancellationId } = result;
  if (cancellationId === null) return report(terminal, result, result.message, options, EXIT.nothingMatched);
  terminal.say(`requested ${cancellationId}: ${result.plan.targets} jobs`);
  if (detach) return report(terminal, result, '', options, EXIT.ok);
  const bulk = await watch(client, terminal, cancellationId, options.wait);
  if (output === 'text') terminal.data(showBulk(bulk));
  else terminal.data(output === 'id' ? cancellationId : JSON.stringify(bulk, null, output === 'json' ? 2 : undefined));
  return exitCodeOfBulk(bulk);
}

/**
 * Who was shown the plan gets exactly that. With --yes any number is agreed to unless --expect says one: a queue that moves while
 * it is being counted is counted again.
 */
async function request(
  client: NecrocodeClient,
  body: BulkCancelInput,
  { plan, planToken }: BulkResult,
  { yes, expect }: BulkOptions,
): Promise<BulkResult> {
  if (!yes) return client.cancelMany({ ...body, planToken: planToken ?? '' });
  if (expect !== undefined) return client.cancelMany({ ...body, expectedCount: expect });
  for (let expectedCount = plan.targets, attempt = 1; ; attempt++) {
    try {
      return await client.cancelMany({ ...body, expectedCount });
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'plan-changed' || attempt >= MOST_COUNTS) throw error;
      expectedCount = (await client.cancelMany({ ...body, dryRun: true })).plan.targets;
    }
  }
}

const MOST_COUNTS = 10;

function report(terminal: Terminal, result: BulkResult, said: string, { output }: BulkOptions, code: number): number {
  if (said !== '') terminal.say(said);
  if (output === 'text' && result.cancellationId !== null) terminal.data(result.cancellationId);
  if (output === 'id') terminal.data(result.cancellationId ?? '');
  if (output === 'json' || output === 'ndjson') terminal.data(JSON.stringify(result));
  return code;
}

async function consent(terminal: Terminal, { plan }: BulkResult, { yes, input }: BulkOptions): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive || !input) {
    throw new CommandFailure(
      EXIT.usage,
      'Nobody can be asked whether to cancel.',
      'Add --yes to cancel without asking.',
    );
  }
  const what = `${plan.targets} jobs (${plan.waiting} waiting, ${plan.started} begun)`;
  const answer = await terminal.ask(`Cancel ${what}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.error, 'Not cancelled: you did not say yes.');
}

const LOOK_EVERY_MS = 200;

/** Until it has an outcome or the wait is over. Ctrl-C detaches; it never means "not cancelled". */
async function watch(
  client: NecrocodeClient,
  terminal: Terminal,
  cancellationId: string,
  withinMs = Infinity,
): Promise<BulkResource> {
  const deadline = performance.now() + withinMs;
  let said = '';
  await detachable(terminal, `necrocode cancellation show ${cancellationId}`, async (signal) => {
    for (;;) {
      const bulk = await client.getBulk(cancellationId, { signal });
      const progress = bulkProgress(bulk);
      if (progress !== said) terminal.say(progress);
      said = progress;
      if (bulk.certificate !== null || performance.now() >= deadline) return;
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  });
  return client.getBulk(cancellationId);
}
