import type { CloudEvent } from '@necrocode/contracts';
import type { Format } from '../terminal/format.js';
import { colours, type Terminal } from '../terminal/terminal.js';

/** Writes events as they come, one a line; `json` is a line each as well, for there is no end to close a list at. */
export async function printEvents(
  terminal: Terminal,
  format: Format,
  events: AsyncIterable<CloudEvent> | Iterable<CloudEvent>,
): Promise<void> {
  for await (const event of events) {
    if (format === 'id') terminal.data(event.id);
    else terminal.data(format === 'text' ? line(event) : JSON.stringify(event));
  }
}

function line({ sequence, time, eventtype, streamid, actor }: CloudEvent): string {
  return `${colours.dim(`${sequence.padStart(8)}  ${time}`)}  ${eventtype.padEnd(24)}  ${colours.cyan(streamid)}  ${colours.dim(actor)}`;
}
