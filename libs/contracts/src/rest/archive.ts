import { z } from 'zod';
import { timestamp } from '../ids/ids.js';

const count = z.int().min(0);
const position = z.string().regex(/^\d+$/);
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const number = z.int().min(1);

/** A stream in an archive, and what it ends with. */
export const archivedStream = z.strictObject({ stream: z.string().min(1).max(200), version: number, hash });

/** An archive whose streams have left the store. */
export const archiveResource = z
  .object({
    /** From 1, without gaps. */
    number,
    /** Of its manifest, which names the one before it. */
    manifestHash: hash,
    streams: count,
    events: count,
    archivedAt: timestamp,
  })
  .meta({ id: 'Archive' });

export const archiveList = z.object({ items: z.array(archiveResource) }).meta({ id: 'ArchiveList' });

/** What the next archive would hold. */
export const archivePlan = z
  .object({
    number,
    /** Hash of the last archive's manifest; null for the first. */
    previous: hash.nullable(),
    /** Days after which what is over may leave the store; null: nothing is archived. */
    afterDays: z.number().nullable(),
    stories: count,
    streams: count,
    events: count,
    /** There is more than one archive holds. */
    more: z.boolean(),
    /** Whoever is behind the others in reading the store: nothing behind it is archived. */
    slowest: z.object({ reader: z.string(), position }).nullable(),
  })
  .meta({ id: 'ArchivePlan' });

/** `POST /archives`: an archive has been written and read back; its streams may leave the store. */
export const archiveBody = z.strictObject({
  number,
  manifestHash: hash,
  previous: hash.nullable(),
  streams: z.array(archivedStream).min(1).max(5_000),
});

export const archivedStreamList = z
  .object({ items: z.array(archivedStream) })
  .meta({ id: 'ArchivedStreamList', description: 'What is left in the store of the streams of an archive.' });

/** `manifest.json` of an archive. Its hash is that of its canonical JSON; each names the one before it. */
export const archiveManifest = z.strictObject({
  format: z.literal('necrocode-archive/1'),
  number,
  previous: hash.nullable(),
  createdAt: timestamp,
  /** In the order they stand in the file. */
  streams: z.array(archivedStream).min(1),
  /** CloudEvents as canonical JSON, one a line, stream by stream, compressed by gzip; `hash` is of the file. */
  events: z.strictObject({ file: z.literal('events.jsonl.gz'), count: number, bytes: number, hash }),
});

export type ArchiveManifest = z.infer<typeof archiveManifest>;
export type ArchivedStream = z.infer<typeof archivedStream>;
export type ArchiveResource = z.infer<typeof archiveResource>;
export type ArchiveList = z.infer<typeof archiveList>;
export type ArchivePlan = z.infer<typeof archivePlan>;
export type ArchiveBody = z.infer<typeof archiveBody>;
export type ArchivedStreamList = z.infer<typeof archivedStreamList>;
