import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayFrame } from '@necrocode/contracts';
import { Command, InvalidArgumentError } from 'commander';
import { showBulk } from '../bulk/show-bulk.js';
import { eventLine } from '../cancellation/event-line.js';
import { showCancellation } from '../cancellation/show.js';
import { connect } from '../connection/connect.js';
import { findCancellationId } from '../connection/find-id.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { formatOption, type Format } from '../terminal/format.js';
import { interruptible } from '../terminal/interruptible.js';
import { positiveInteger } from '../terminal/positive-integer.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Moment, momentsOf } from './moments.js';
import { play } from './play.js';
import { statusLine } from './status-line.js';

interface ReplayOptions {
  readonly output: Format;
  readonly at?: number;
  readonly play?: boolean;
  readonly speed: number;
}

export function replayCommand(terminal: Terminal): Command {
  return new Command('replay')
    .description('its events again: all of them, the state after one of them, or played as they happened')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .option('--at <n>', 'the state after its first n events', positiveInteger)
    .option('--play', 'at the pace they happened')
    .option('--speed <x>', 'play so many times faster', factor, 1)
    .addOption(formatOption())
    .action(async (typed: string, options: ReplayOptions) => {
      const client = await connect();
      const id = await findCancellationId(client, typed);
      if (options.at !== undefined) {
        if (options.play === true) throw new CommandFailure(EXIT.usage, 'One of --at and --play, not both.');
        return showFrame(terminal, await client.replayAt(id, options.at), options.output);
      }
      const { frames } = await client.replay(id);
      if (options.output === 'json') return terminal.data(JSON.stringify(frames, null, 2));
      const moments = momentsOf(frames);
      if (options.play !== true) return moments.forEach((moment) => showMoment(terminal, moment, options.output));
      await playMoments(terminal, id, moments, options);
    });
}

async function playMoments(
  terminal: Terminal,
  id: string,
  moments: readonly Moment[],
  { output, speed }: ReplayOptions,
): Promise<void> {
  const last = moments.at(-1)?.at ?? 0;
  let reached = 0;
  const show = (moment: Moment): void => {
    reached = moment.at;
    showMoment(terminal, moment, output);
    terminal.status(statusLine(moment, last, speed));
  };
  const interrupted = await interruptible((signal) =>
    play(moments, { speed, show, wait: (ms) => delay(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }) }),
  );
  terminal.status(null);
  if (!interrupted) return;
  terminal.say(
    `Stopped at event ${reached} of ${last}. See it with: necrocode cancellation replay ${id} --at ${reached}`,
  );
  process.exitCode = EXIT.detached;
}

/** What a timer of Node can hold: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function showMoment(terminal: Terminal, { event, afterMs, at }: Moment, output: Format): void {
  if (output === 'id') return terminal.data(event.id);
  if (output !== 'text') return terminal.data(JSON.stringify({ at, afterMs, event }));
  const { type: eventtype, recordedAt: time, data } = event;
  const line = eventLine({ eventtype, time, data }, Date.parse(time) - afterMs);
  if (line !== null) terminal.data(`${String(at).padStart(4)} ${line}`);
}

function showFrame(terminal: Terminal, frame: ReplayFrame, output: Format): void {
  if (output !== 'text') return terminal.data(JSON.stringify(frame, null, output === 'json' ? 2 : undefined));
  const { at, event, cancellation } = frame;
  terminal.data(`After event ${at}, ${event.type}, at ${event.recordedAt}:`);
  terminal.data('kind' in cancellation ? showBulk(cancellation) : showCancellation(cancellation, terminal.width));
}

function factor(text: string): number {
  const value = Number(text.replace(/[x×]$/, ''));
  if (!(value > 0 && value <= 1e6)) throw new InvalidArgumentError('It must be a number above 0, for example 10.');
  return value;
}
