import { setTimeout as delay } from 'node:timers/promises';
import type { NecrocodeClient } from '@necrocode/client';
import type { ProjectionResource, ProjectionVerification } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { ago } from '../terminal/duration.js';
import { formatOption, printList, type Format } from '../terminal/format.js';
import { table } from '../terminal/table.js';
import { colours, type Terminal } from '../terminal/terminal.js';
import { lastOf } from './last-of.js';

interface Output {
  readonly output: Format;
}

const LOOK_EVERY_MS = 200;

export function projectionsCommands(terminal: Terminal): Command {
  return new Command('projections')
    .description('the read models that lists come from: look at them, build them anew, compare them with the store')
    .addCommand(list(terminal))
    .addCommand(rebuild(terminal))
    .addCommand(verify(terminal));
}

function list(terminal: Terminal): Command {
  return new Command('list')
    .alias('ls')
    .description('how far each is, and what is being built beside it')
    .addOption(formatOption())
    .action(async ({ output }: Output) => {
      const { items } = await (await connect()).listProjections();
      printList(terminal, output, items, {
        id: ({ name }) => name,
        text: () => projectionTable(items, terminal.width),
      });
    });
}

function projectionTable(items: readonly ProjectionResource[], width: number): string {
  const rows = items.map(({ name, build, since, position, behind, rebuild: next }) => [
    name,
    String(build),
    ago(since),
    position,
    String(behind),
    next === null ? '-' : `build ${next.build}, ${next.behind} events to go`,
  ]);
  return table(['PROJECTION', 'BUILD', 'SINCE', 'POSITION', 'BEHIND', 'REBUILD'], rows, width);
}

function rebuild(terminal: Terminal): Command {
  return new Command('rebuild')
    .description(
      'build it anew beside the live one, from the first event, and put it in its place; readers notice nothing',
    )
    .argument('[name]', 'see `necrocode projections list`', 'read-model')
    .addOption(formatOption())
    .action(async (name: string, { output }: Output) => {
      const client = await connect();
      const asked = await client.rebuildProjection(name);
      const built = await untilBuild(client, terminal, name, asked.rebuild?.build ?? asked.build);
      if (output === 'text') terminal.data(`${name}: build ${built.build}, at position ${built.position}`);
      else terminal.data(output === 'id' ? name : JSON.stringify(built));
    });
}

async function untilBuild(
  client: NecrocodeClient,
  terminal: Terminal,
  name: string,
  build: number,
): Promise<ProjectionResource> {
  for (;;) {
    const found = (await client.listProjections()).items.find((each) => each.name === name);
    if (found && found.build >= build) {
      terminal.status(null);
      return found;
    }
    if (found?.rebuild) terminal.status(`build ${build}: ${found.rebuild.behind} events to go`);
    await delay(LOOK_EVERY_MS);
  }
}

function verify(terminal: Terminal): Command {
  return new Command('verify')
    .description('fold the store anew and name every row that is another; exit code 1 when one is')
    .argument('[name]', 'default: all of them')
    .addOption(formatOption())
    .action(async (name: string | undefined, { output }: Output) => {
      const client = await connect();
      const names = name === undefined ? (await client.listProjections()).items.map((each) => each.name) : [name];
      const differing: string[] = [];
      for (const each of names) {
        const result = await lastOf(client.verifyProjection(each), ({ events, of }) =>
          terminal.status(`${each}: ${events} of ${of} events folded`),
        );
        terminal.status(null);
        if (result.differences.length > 0) differing.push(each);
        if (output !== 'text') terminal.data(JSON.stringify(result, null, output === 'json' ? 2 : undefined));
        else terminal.data(showResult(result, terminal.width));
      }
      if (differing.length === 0) return;
      throw new CommandFailure(
        EXIT.error,
        `${differing.join(', ')}: not what the events give.`,
        `Mend it with: necrocode projections rebuild ${differing[0]}`,
      );
    });
}

type Verified = Extract<ProjectionVerification, { kind: 'result' }>;

function showResult({ name, position, rows, differences, more }: Verified, width: number): string {
  const counts = Object.entries(rows).map(([each, count]) => `${each} ${count}`);
  const checked = `${name} at position ${position}, rows compared: ${counts.join(', ')}`;
  if (differences.length === 0) return `${colours.green('ok')} ${checked}; no difference`;
  const lines = differences.map(({ table: of, id, field, live, rebuilt }) => [
    of,
    id,
    field || '(the row)',
    live ?? '-',
    rebuilt ?? '-',
  ]);
  return [
    `${colours.red('differs')} ${checked}`,
    table(['TABLE', 'ID', 'FIELD', 'LIVE', 'BY THE EVENTS'], lines, width),
    ...(more ? ['… and more.'] : []),
  ].join('\n');
}
