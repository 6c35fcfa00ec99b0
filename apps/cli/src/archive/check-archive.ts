import { join } from 'node:path';
import { type ArchiveManifest, fromCloudEvent } from '@necrocode/contracts';
import { canonicalJson, findFault, type StoredEvent } from '@necrocode/event-store';
import { BROKEN } from '../audit/broken.js';
import { hashOf, hashOfFile, pathOf, readManifest } from './archive-files.js';
import { readEventLines } from './read-events.js';

/** What reading an archive found; it is whole when there is no fault. */
export interface CheckedArchive {
  readonly manifest: ArchiveManifest;
  readonly manifestHash: string;
  readonly certificates: number;
  readonly faults: readonly string[];
}

/**
 * Reads a whole archive: every event is what was hashed and follows the one before it, every stream is whole and ends as the manifest
 * says, every certificate was drawn up on its own stream. Needs no server.
 */
export async function checkArchive(directory: string, number: number): Promise<CheckedArchive> {
  const manifest = await readManifest(directory, number);
  const streams = new StreamsCheck(manifest);
  const faults: string[] = [];
  if (manifest.number !== number) faults.push(`the manifest is that of archive ${manifest.number}`);
  const { bytes, hash } = await hashOfFile(join(pathOf(directory, number), manifest.events.file));
  if (bytes !== manifest.events.bytes || hash !== manifest.events.hash)
    faults.push(`${manifest.events.file} is not what was written`);
  try {
    for await (const line of readEventLines(directory, number)) streams.read(line);
  } catch (error) {
    faults.push(`${manifest.events.file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    manifest,
    manifestHash: hashOf(manifest),
    certificates: streams.certificates,
    faults: [...faults, ...streams.finish()],
  };
}

class StreamsCheck {
  certificates = 0;
  #count = 0;
  readonly #faults: string[] = [];
  /** Of each stream the events so far, by their hashes alone; the last of them is kept. */
  readonly #streams = new Map<string, { last: StoredEvent | null; isBroken: boolean; readonly hashes: Set<string> }>();

  constructor(private readonly manifest: ArchiveManifest) {}

  /** @throws when it is no event at all */
  read(line: string): void {
    const parsed: unknown = JSON.parse(line);
    const event = fromCloudEvent(parsed);
    this.#count += 1;
    const { streamId, streamVersion } = event;
    if (canonicalJson(parsed) !== line)
      this.#faults.push(`${streamId} event ${streamVersion}: it is not canonical JSON`);
    const stream = this.#streams.get(streamId) ?? { last: null, isBroken: false, hashes: new Set() };
    this.#streams.set(streamId, stream);
    const fault = stream.isBroken ? undefined : findFault(stream.last, event);
    if (fault) {
      stream.isBroken = true;
      this.#faults.push(`${streamId} event ${streamVersion}: ${BROKEN[fault.broken]}`);
    }
    this.#checkCertificate(event, stream.hashes);
    stream.last = event;
    stream.hashes.add(event.hash);
  }

  finish(): readonly string[] {
    const { streams, events } = this.manifest;
    for (const { stream, version, hash } of streams) {
      const last = this.#streams.get(stream)?.last;
      if (last?.streamVersion !== version || last.hash !== hash)
        this.#faults.push(`${stream}: it does not end with event ${version}, as the manifest says`);
    }
    if (streams.length !== this.#streams.size || events.count !== this.#count)
      this.#faults.push(`${this.#count} events in ${this.#streams.size} streams, which the manifest does not say`);
    return this.#faults;
  }

  /** It says of itself after which event of its stream it was drawn up. */
  #checkCertificate({ streamId, streamVersion, data }: StoredEvent, earlier: ReadonlySet<string>): void {
    if (typeof data !== 'object' || data === null || !('certificate' in data)) return;
    this.certificates += 1;
    const { certificate } = data;
    const isOurs = typeof certificate === 'object' && certificate !== null && 'streamHash' in certificate;
    if (!isOurs || typeof certificate.streamHash !== 'string' || !earlier.has(certificate.streamHash))
      this.#faults.push(`${streamId} event ${streamVersion}: its certificate was not drawn up on this stream`);
  }
}
