import { Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import {
  type ProjectionList,
  projectionList,
  type ProjectionResource,
  projectionResource,
  projectionVerification,
} from '@necrocode/contracts';
import type { EventStore } from '@necrocode/event-store';
import { CodedError, DATABASE, EVENT_STORE } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { Operation } from '../openapi/operation.js';
import { Rebuilder } from '../rebuild-read-model/rebuilder.js';
import { Verifications } from '../verification/verifications.js';
import { verifyReadModel } from '../verify-read-model/verify-read-model.js';
import { Projections } from './projections.js';

@Controller()
export class ProjectionsController {
  constructor(
    private readonly projections: Projections,
    private readonly rebuilder: Rebuilder,
    private readonly verifications: Verifications,
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Get('projections')
  @Operation({ summary: 'The read models, how far they are, and their rebuilds', replies: { 200: projectionList } })
  async list(): Promise<ProjectionList> {
    return { items: [...(await this.projections.list())] };
  }

  @Post('projections/:name/rebuild')
  @HttpCode(202)
  @Operation({
    summary: 'Build the read model anew beside the live one, and put it in its place',
    description: 'Readers notice nothing. Ask for the list until its `build` is that of `rebuild` in this answer.',
    replies: { 202: projectionResource },
    problems: ['projection-not-found', 'read-model-foreign'],
  })
  async rebuild(@Param('name') name: string): Promise<ProjectionResource> {
    const { rebuild, ...projection } = await this.#find(name);
    const build = await this.rebuilder.request();
    // Named also where it was over before it could be looked at.
    return { ...projection, rebuild: rebuild ?? { build, position: '0', behind: Number(projection.position) } };
  }

  @Get('projections/:name/verification')
  @Operation({
    summary: 'Fold the store anew and name every row of the read model that is another',
    replies: {
      200: [{ type: 'application/jsonl', schema: projectionVerification, description: 'Progress; the result last.' }],
    },
    problems: ['projection-not-found', 'read-model-foreign', 'verification-under-way'],
  })
  async verify(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    await this.#find(name);
    await this.verifications.send(reply, (signal) => verifyReadModel(this.database, this.store, signal));
  }

  async #find(name: string): Promise<ProjectionResource> {
    const projection = (await this.projections.list()).find((each) => each.name === name);
    if (!projection) throw new CodedError('projection-not-found', { name: name.slice(0, 80) });
    return projection;
  }
}
