import { readFile } from 'node:fs/promises';
import type { SubmitJobInput } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { deadlineArgument } from '../terminal/deadline-argument.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';

interface SubmitOptions {
  readonly output: Format;
  readonly set: readonly string[];
  readonly idempotencyKey?: string;
  readonly cancelAfter?: string;
}

export function submitCommand(terminal: Terminal): Command {
  return new Command('submit')
    .description('submit a job from a JSON file ("-" reads standard input)')
    .argument('<file>')
    .option(
      '--set <name=value>',
      'replace ${name} in the file; may be repeated',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option('--idempotency-key <key>', 'sending the same key and job again gives the same job')
    .option(
      '--cancel-after <when>',
      'cancel it if it is not over by then: 10m, or an RFC 3339 instant',
      deadlineArgument,
    )
    .addOption(formatOption())
    .action(async (file: string, { output, set, idempotencyKey, cancelAfter }: SubmitOptions) => {
      const job = await readJob(file, set);
      const client = await connect();
      const submitted = await client.submitJob(job, { idempotencyKey, cancelAfter });
      if (output === 'json' || output === 'ndjson') return terminal.data(JSON.stringify(submitted));
      if (output === 'id') return terminal.data(submitted.jobId);
      terminal.data(
        `${submitted.repeated ? 'already submitted' : 'submitted'} ${submitted.jobId} (${submitted.tasks.length} tasks)`,
      );
      terminal.say(`look: necrocode job get ${submitted.jobId}    follow: necrocode job logs -f ${submitted.jobId}`);
    });
}

async function readJob(file: string, set: readonly string[]): Promise<SubmitJobInput> {
  const text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8').catch(() => null);
  if (text === null)
    throw new CommandFailure(
      EXIT.usage,
      `The file ${file} cannot be read.`,
      'Name a JSON file with a job; see examples/jobs/.',
    );
  try {
    // What it holds is checked by the gateway, which names every fault with its path.
    return JSON.parse(substitute(text, set)) as SubmitJobInput;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(EXIT.usage, `${file} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/**
 * Replaces `${NAME}` inside the JSON text; values are escaped as JSON strings are, and `$${NAME}` stands for itself.
 * @throws {CommandFailure} naming what nobody set: an unset name must not become an empty argument
 */
export function substitute(text: string, set: readonly string[]): string {
  const values = new Map(
    set.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CommandFailure(EXIT.usage, `--set ${pair} has no name.`, 'Write --set NAME=VALUE.');
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
  return text.replace(/\$?\$\{(\w+)\}/g, (whole, name: string) => {
    if (whole.startsWith('$$')) return whole.slice(1);
    const value = values.get(name);
    if (value !== undefined) return JSON.stringify(value).slice(1, -1);
    throw new CommandFailure(
      EXIT.usage,
      `The job needs a value for ${name}.`,
      `Add --set ${name}=VALUE, or write $\${${name}} where the text itself is meant.`,
    );
  });
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += String(chunk);
  return text;
}
