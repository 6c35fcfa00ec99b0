import { stripVTControlCharacters } from 'node:util';
import type { OutputChunk } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findJobId } from '../connection/find-id.js';
import { detachable } from '../terminal/detachable.js';
import { formatOption, type Format } from '../terminal/format.js';
import { colours, type Terminal } from '../terminal/terminal.js';

interface LogsOptions {
  readonly output: Format;
  readonly follow?: boolean;
  readonly task?: string;
}

export function logsCommand(terminal: Terminal): Command {
  return new Command('logs')
    .description('show what a job wrote')
    .argument('<job-id>', 'an id, the beginning of one, or @last')
    .option('-f, --follow', 'go on until the job has ended')
    .option('--task <key>', 'only what this task wrote')
    .addOption(formatOption())
    .action(async (typed: string, { output, follow, task }: LogsOptions) => {
      const client = await connect();
      const jobId = await findJobId(client, typed);
      await detachable(terminal, `necrocode job logs -f ${jobId}`, async (signal) => {
        const chunks = follow ? client.followLogs(jobId, { signal }) : client.logs(jobId, { signal });
        const writer = new LineWriter(terminal, output);
        for await (const chunk of chunks) if (task === undefined || chunk.taskKey === task) writer.write(chunk);
        writer.end();
      });
    });
}

/** Puts each task's lines together, whatever pieces they come in. What a task writes cannot move the cursor here. */
class LineWriter {
  private readonly open = new Map<string, string>();

  constructor(
    private readonly terminal: Terminal,
    private readonly format: Format,
  ) {}

  write(chunk: OutputChunk): void {
    if (this.format !== 'text') return this.terminal.data(JSON.stringify(chunk));
    if (chunk.droppedBytes)
      this.terminal.say(colours.yellow(`${chunk.taskKey}: ${chunk.droppedBytes} bytes were dropped here`));
    const lines = `${this.open.get(chunk.taskKey) ?? ''}${chunk.text}`.split('\n');
    this.open.set(chunk.taskKey, lines.pop() ?? '');
    for (const line of lines) this.line(chunk.taskKey, line);
  }

  end(): void {
    for (const [task, line] of this.open) if (line !== '') this.line(task, line);
  }

  private line(task: string, line: string): void {
    this.terminal.data(`${colours.cyan(task)} ${colours.dim('|')} ${stripVTControlCharacters(line)}`);
  }
}
