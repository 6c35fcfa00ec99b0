import type { NecrocodeClient } from '@necrocode/client';
import type { ArchivedStream, ArchiveResource } from '@necrocode/contracts';
import { CommandFailure, EXIT } from '../exit-codes.js';
import type { Format } from '../terminal/format.js';
import { colours, type Terminal } from '../terminal/terminal.js';
import { archivesIn } from './archive-files.js';
import { checkArchive, type CheckedArchive } from './check-archive.js';

interface Verified {
  readonly archive: number;
  readonly streams: number;
  readonly events: number;
  readonly certificates: number;
  readonly manifestHash: string;
  readonly faults: readonly string[];
}

/**
 * Verifies every archive of a directory, and that each follows the one before it.
 * @param client compares them with the tombstones of its store; null asks nobody
 * @throws {CommandFailure} when one has a fault
 */
export async function verifyArchives(
  terminal: Terminal,
  directory: string,
  client: NecrocodeClient | null,
  output: Format,
): Promise<void> {
  const numbers = await archivesIn(directory);
  const stored = client ? (await client.archives.list()).items : null;
  const verified: Verified[] = [];
  let before: CheckedArchive | null = null;
  for (const number of numbers) {
    terminal.status(`archive ${number} of ${numbers.length}`);
    const checked = await checkArchive(directory, number);
    const faults = [...checked.faults, ...followFaults(before, checked)];
    if (client && stored) faults.push(...(await storeFaults(client, stored, checked)));
    verified.push(verdictOf(checked, faults));
    before = checked;
  }
  terminal.status(null);
  if (output === 'json') terminal.data(JSON.stringify(verified, null, 2));
  else for (const each of verified) terminal.data(show(each, output));
  const broken = verified.filter(({ faults }) => faults.length > 0);
  if (numbers.length === 0) throw new CommandFailure(EXIT.nothingMatched, `There is no archive in ${directory}.`);
  if (broken.length === 0) return;
  throw new CommandFailure(
    EXIT.error,
    `${broken.length} of ${numbers.length} archives are not whole.`,
    'Take them from another copy; an archive is never made again.',
  );
}

function verdictOf({ manifest, manifestHash, certificates }: CheckedArchive, faults: readonly string[]): Verified {
  const { number, streams, events } = manifest;
  return { archive: number, streams: streams.length, events: events.count, certificates, manifestHash, faults };
}

/** The first one here may follow one that is kept elsewhere. */
function followFaults(before: CheckedArchive | null, { manifest }: CheckedArchive): readonly string[] {
  if (before === null || (manifest.number === before.manifest.number + 1 && manifest.previous === before.manifestHash))
    return [];
  return [`it does not follow archive ${before.manifest.number}`];
}

async function storeFaults(
  client: NecrocodeClient,
  stored: readonly ArchiveResource[],
  { manifest, manifestHash }: CheckedArchive,
): Promise<readonly string[]> {
  const { number, streams } = manifest;
  const known = stored.find((each) => each.number === number);
  if (!known) return ['the store knows nothing of it: its streams have not left'];
  if (known.manifestHash !== manifestHash) return ['it is not the one the store knows'];
  const { items } = await client.archives.tombstones(number);
  const kept = new Set(items.map(textOf));
  const missing = streams.filter((stream) => !kept.has(textOf(stream))).map(({ stream }) => stream);
  return [
    ...missing.map((stream) => `${stream}: the store has another end of it, or none`),
    ...(items.length === streams.length ? [] : [`the store has kept the ends of ${items.length} streams`]),
  ];
}

function textOf({ stream, version, hash }: ArchivedStream): string {
  return `${stream} ${version} ${hash}`;
}

function show(verified: Verified, output: Format): string {
  const { archive, streams, events, certificates, manifestHash, faults } = verified;
  if (output === 'ndjson') return JSON.stringify(verified);
  if (output === 'id') return manifestHash;
  const checked = `archive ${archive}: ${events} events in ${streams} streams, certificates: ${certificates}`;
  if (faults.length === 0) return `${colours.green('ok')} ${checked}`;
  return [`${colours.red('broken')} ${checked}`, ...faults.map((fault) => `  ${fault}`)].join('\n');
}
