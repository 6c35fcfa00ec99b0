import type { AuditVerification } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { CommandFailure, EXIT } from '../exit-codes.js';
import { verifyArchives } from '../archive/verify-archives.js';
import { lastOf } from '../projections/last-of.js';
import { formatOption, type Format } from '../terminal/format.js';
import { colours, type Terminal } from '../terminal/terminal.js';
import { BROKEN } from './broken.js';

interface VerifyOptions {
  readonly output: Format;
  readonly stream?: string;
  readonly from?: string;
  readonly archive?: string;
  readonly online?: true;
}

export function auditCommands(terminal: Terminal): Command {
  return new Command('audit').description('the record itself').addCommand(verify(terminal));
}

function verify(terminal: Terminal): Command {
  return new Command('verify')
    .description(
      'recompute the hash chains and name the first event of each that does not fit; exit code 1 when one is broken',
    )
    .option('--stream <stream-id>', 'only this one, for example cancellation-can_…')
    .option('--from <stream-id>', 'begin there: where an earlier verification was ended')
    .option('--archive <directory>', 'the archives there, from their files alone: no server is asked')
    .option('--online', 'with --archive: compare them with what the store has kept of them')
    .addOption(formatOption())
    .action(async ({ output, stream, from, archive, online }: VerifyOptions) => {
      if (archive !== undefined)
        return verifyArchives(terminal, archive, online === true ? await connect() : null, output);
      const client = await connect();
      const query = { ...(stream === undefined ? {} : { stream }), ...(from === undefined ? {} : { from }) };
      const result = await lastOf(client.verifyAudit(query), ({ events, of, streams, stream: at }) =>
        terminal.status(`${events} of ${of} events, ${streams} streams, at ${at}`),
      );
      terminal.status(null);
      terminal.data(
        output === 'text' ? showResult(result) : JSON.stringify(result, null, output === 'json' ? 2 : undefined),
      );
      if (result.faults.length + result.numbering.length === 0) return;
      throw new CommandFailure(
        EXIT.error,
        'The record is not what was written.',
        'Keep this database as it is, and compare with a backup or an archive.',
      );
    });
}

function showResult({
  streams,
  events,
  faults,
  numbering,
  more,
}: Extract<AuditVerification, { kind: 'result' }>): string {
  const checked = `${events} events in ${streams} streams`;
  if (faults.length + numbering.length === 0) return `${colours.green('ok')} ${checked}: every chain is whole`;
  return [
    `${colours.red('broken')} ${checked}`,
    ...faults.map(
      ({ stream, version, eventId, broken }) => `  ${stream} event ${version} (${eventId}): ${BROKEN[broken]}`,
    ),
    ...numbering.map(
      ({ position, missing }) =>
        `  position ${position}: ${missing === 'event' ? 'its event is gone' : 'was never given'}`,
    ),
    ...(more ? ['  … and more.'] : []),
  ].join('\n');
}
