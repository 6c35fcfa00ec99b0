import { type CloudEvent, cloudEventSchema, type JobHistory } from '@necrocode/contracts';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { historyTable } from '../history/history.command.js';
import type { Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { archivesIn, readManifest } from './archive-files.js';
import { readEventLines } from './read-events.js';

/** Prints what an archive holds of a job, a cancellation or a stream: its events, and the certificate last. */
export async function showArchived(terminal: Terminal, directory: string, id: string, output: Format): Promise<void> {
  const events = await findEvents(directory, id);
  if (output === 'json') return terminal.data(JSON.stringify(events, null, 2));
  if (output !== 'text') {
    for (const event of events) terminal.data(output === 'id' ? event.id : JSON.stringify(event));
    return;
  }
  terminal.data(historyTable(events.map(rowOf), terminal.width));
  const certificate = events.map(certificateIn).findLast((found) => found !== undefined);
  if (certificate !== undefined) terminal.data(`\n${JSON.stringify(certificate, null, 2)}`);
}

async function findEvents(directory: string, id: string): Promise<readonly CloudEvent[]> {
  for (const number of await archivesIn(directory)) {
    const { streams } = await readManifest(directory, number);
    const found = streams.find(
      ({ stream }) => stream === id || stream === `job-${id}` || stream === `cancellation-${id}`,
    );
    if (!found) continue;
    const events: CloudEvent[] = [];
    for await (const line of readEventLines(directory, number)) {
      const event = cloudEventSchema.parse(JSON.parse(line));
      if (event.streamid === found.stream) events.push(event);
    }
    return events;
  }
  throw new CommandFailure(EXIT.nothingMatched, `No archive in ${directory} holds ${id}.`, 'Give the whole id.');
}

function rowOf({ id, sequence, time, eventtype, actor, streamid }: CloudEvent): JobHistory['events'][number] {
  return { id, position: sequence, recordedAt: time, type: eventtype, actor, stream: streamid };
}

function certificateIn({ data }: CloudEvent): unknown {
  return typeof data === 'object' && data !== null && 'certificate' in data ? data.certificate : undefined;
}
