import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, ParseIntPipe, Post, Res } from '@nestjs/common';
import {
  type ArchiveBody,
  archiveBody,
  type ArchivedStreamList,
  archivedStreamList,
  type ArchiveList,
  archiveList,
  type ArchivePlan,
  archivePlan,
  type ArchiveResource,
  archiveResource,
  cloudEventSchema,
  toCloudEvent,
} from '@necrocode/contracts';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { EVENT_STORE } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { NextArchive } from './next-archive.js';
import { RemoveArchived } from './remove-archived.js';

@Controller()
export class ArchiveController {
  constructor(
    private readonly next: NextArchive,
    private readonly removal: RemoveArchived,
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
  ) {}

  @Get('archives')
  @Operation({ summary: 'The archives whose streams have left the store, oldest first', replies: { 200: archiveList } })
  async list(): Promise<ArchiveList> {
    return { items: [...(await this.store.archives())] };
  }

  @Get('archives/plan')
  @Operation({
    summary: 'What the next archive would hold; nothing changes',
    replies: { 200: archivePlan },
    problems: ['read-model-rebuilding'],
  })
  plan(): Promise<ArchivePlan> {
    return this.next.plan();
  }

  @Get('archives/plan/events')
  @Operation({
    summary: 'The events of the next archive, stream by stream; nothing changes',
    replies: { 200: [{ type: 'application/jsonl', schema: cloudEventSchema, description: 'One event a line.' }] },
    problems: ['read-model-rebuilding'],
  })
  async events(@Res() reply: FastifyReply): Promise<void> {
    const lines = (await this.next.events()).map((event) => `${JSON.stringify(toCloudEvent(event))}\n`);
    await reply.header('content-type', 'application/jsonl; charset=utf-8').send(Readable.from(lines));
  }

  @Post('archives')
  @HttpCode(200)
  @Operation({
    summary: 'Take the streams of an archive that was written and read back out of the store; tombstones stay',
    description: 'Refused unless the archive holds exactly what the store holds, and all of it is over and old enough.',
    body: archiveBody,
    replies: { 200: archiveResource },
    problems: ['validation-failed', 'archiving-off', 'archive-outdated', 'archive-out-of-order', 'archive-behind'],
  })
  async remove(@ParsedBody(archiveBody) body: ArchiveBody): Promise<ArchiveResource> {
    return this.removal.remove(body);
  }

  @Get('archives/:number/streams')
  @Operation({
    summary: 'What is left in the store of the streams of an archive, in order of their ids',
    replies: { 200: archivedStreamList },
  })
  async tombstones(@Param('number', ParseIntPipe) number: number): Promise<ArchivedStreamList> {
    const items = (await this.store.tombstones(number)).map(({ streamId, lastVersion, lastHash }) => ({
      stream: streamId,
      version: lastVersion,
      hash: lastHash,
    }));
    return { items };
  }
}
