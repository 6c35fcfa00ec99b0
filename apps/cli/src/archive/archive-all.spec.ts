import { gzipSync, gunzipSync } from 'node:zlib';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArchiveBody, type ArchiveResource, type CloudEvent, toCloudEvent } from '@necrocode/contracts';
import { InMemoryEventStore, uuidV7 } from '@necrocode/event-store';
import { tempDirectory, type TempDirectory } from '@necrocode/testing';
import { archiveAll, type Store } from './archive-all.js';
import { archivesIn, EVENTS, pathOf } from './archive-files.js';
import { checkArchive } from './check-archive.js';

const OUTAGE = new Error('the process died here');

/** What the gateway does, as far as a run can see: two archives' worth of jobs, and one moment at which everything ends. */
class ShelvedStore implements Store {
  readonly removed: ArchiveResource[] = [];
  dieAt: 'reading' | 'before-removal' | 'after-removal' | null = null;
  #shelves: CloudEvent[][] = [];

  async fill(...jobIds: string[]): Promise<void> {
    const store = new InMemoryEventStore();
    for (const jobId of jobIds) {
      const streamId = `cancellation-can_${jobId}`;
      const metadata = { actor: 'user:ada', correlationId: jobId };
      const first = { id: uuidV7(), type: 'CancellationRequested', schemaVersion: 1, data: { ü: [1] }, metadata };
      const { events } = await store.append([{ streamId, expectedVersion: 0, events: [first] }]);
      const data = { certificate: { streamHash: events[0]?.hash } };
      const second = { id: uuidV7(), type: 'CancellationCompleted', schemaVersion: 1, data, metadata };
      await store.append([{ streamId, expectedVersion: 1, events: [second] }]);
    }
    const events = (await store.readAll(0n, 100)).map(toCloudEvent);
    this.#shelves = jobIds.map((jobId) => events.filter(({ correlationid }) => correlationid === jobId));
  }

  get left(): readonly CloudEvent[] {
    return this.#shelves.flat();
  }

  list = () => Promise.resolve({ items: [...this.removed] });

  plan = () => {
    const [shelf = []] = this.#shelves;
    return Promise.resolve({
      number: this.removed.length + 1,
      previous: this.removed.at(-1)?.manifestHash ?? null,
      afterDays: 30,
      stories: Math.min(1, shelf.length),
      streams: Math.min(1, shelf.length),
      events: shelf.length,
      more: this.#shelves.length > 1,
      slowest: null,
    });
  };

  async *plannedEvents(): AsyncGenerator<CloudEvent, void, undefined> {
    const [first, ...others] = this.#shelves[0] ?? [];
    if (first) yield first;
    this.#diesAt('reading');
    yield* others;
  }

  remove = ({ number, manifestHash, streams }: ArchiveBody) => {
    const known = this.removed.find((each) => each.number === number && each.manifestHash === manifestHash);
    if (known) return Promise.resolve(known);
    this.#diesAt('before-removal');
    const last = this.#shelves[0]?.at(-1);
    expect(streams).toEqual([{ stream: last?.streamid, version: 2, hash: last?.hash }]);
    this.#shelves.shift();
    const archive = { number, manifestHash, streams: 1, events: 2, archivedAt: '2026-01-01T00:00:00Z' };
    this.removed.push(archive);
    this.#diesAt('after-removal');
    return Promise.resolve(archive);
  };

  #diesAt(moment: ShelvedStore['dieAt']): void {
    if (this.dieAt !== moment) return;
    this.dieAt = null;
    throw OUTAGE;
  }
}

let directory: TempDirectory;
let store: ShelvedStore;
let told: number[];

beforeEach(async () => {
  directory = await tempDirectory();
  store = new ShelvedStore();
  await store.fill('job_1', 'job_2');
  told = [];
});
afterEach(() => directory.remove());

const run = (): Promise<void> => archiveAll(store, directory.path, ({ number }) => told.push(number));

async function faults(): Promise<readonly string[]> {
  const checks = (await archivesIn(directory.path)).map((number) => checkArchive(directory.path, number));
  return (await Promise.all(checks)).flatMap((checked) => checked.faults);
}

describe('archiving', () => {
  it('goes on until nothing is left, each archive behind the one before it', async () => {
    await run();
    expect([told, store.left]).toEqual([[1, 2], []]);
    const [first, second] = [await checkArchive(directory.path, 1), await checkArchive(directory.path, 2)];
    expect(second.manifest.previous).toBe(first.manifestHash);
    expect([first.certificates, first.faults, second.faults]).toEqual([1, [], []]);
  });

  it.each([
    ['reading', []],
    ['before-removal', [1]],
    ['after-removal', [1]],
  ] as const)('that dies %s loses nothing, and is carried on by the next run', async (moment, written) => {
    const all = store.left;
    store.dieAt = moment;
    await expect(run()).rejects.toBe(OUTAGE);
    expect(await archivesIn(directory.path)).toEqual(written);
    expect(await faults()).toEqual([]);
    await run();
    expect(store.left).toEqual([]);
    expect(store.removed.map(({ number }) => number)).toEqual([1, 2]);
    const lines = await Promise.all([1, 2].map((number) => readFile(join(pathOf(directory.path, number), EVENTS))));
    const archived = lines.flatMap((packed) => gunzipSync(packed).toString().trim().split('\n'));
    expect(archived.map((line) => JSON.parse(line) as CloudEvent)).toEqual(all);
  });

  it('removes nothing from the store when what is on the disk is not what was written', async () => {
    store.dieAt = 'before-removal';
    await expect(run()).rejects.toBe(OUTAGE);
    await writeFile(join(pathOf(directory.path, 1), EVENTS), gzipSync('{}\n'));
    await expect(run()).rejects.toThrow('Archive 1 is not whole, so nothing of it was removed');
    expect(store.left).toHaveLength(4);
  });

  it('refuses the directory of another store', async () => {
    await run();
    const other = new ShelvedStore();
    await other.fill('job_9');
    await archiveAll(other, join(directory.path, 'other'), () => undefined);
    await expect(archiveAll(other, directory.path, () => undefined)).rejects.toThrow('is not archive 1 of this store');
  });
});

describe('checking an archive', () => {
  /** The first archive with its lines changed and packed again: as somebody would who knows the format. */
  async function forge(change: (lines: string[]) => string[]): Promise<readonly string[]> {
    await run();
    const file = join(pathOf(directory.path, 1), EVENTS);
    const lines = gunzipSync(await readFile(file))
      .toString()
      .trim()
      .split('\n');
    await writeFile(
      file,
      gzipSync(
        change(lines)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
    return faults();
  }

  it.each([
    [
      'an event that was changed',
      (lines: string[]) => lines.map((line) => line.replace('user:ada', 'user:eve')),
      /not what was hashed/,
    ],
    ['an event that is missing', (lines: string[]) => lines.slice(1), /events before it are missing/],
    ['an end that was cut off', (lines: string[]) => lines.slice(0, 1), /does not end with event 2/],
    ['text that is not canonical', (lines: string[]) => lines.map((line) => line.replace('{', '{ ')), /not canonical/],
    ['a line that is no event', (lines: string[]) => [...lines, '{}'], /cannot be read/],
  ])('names %s', async (_what, change, fault) => {
    const found = await forge(change);
    expect(found).toContain('events.jsonl.gz is not what was written');
    expect(found.join('\n')).toMatch(fault);
  });
});
