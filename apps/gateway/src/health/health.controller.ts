import { Controller, Get, Inject, Res } from '@nestjs/common';
import { type Health, health } from '@necrocode/contracts';
import type { MessagingConnection } from '@necrocode/messaging';
import { DATABASE, EVENT_STORE, MESSAGING, readiness } from '@necrocode/service-kit';
import type { EventStore } from '@necrocode/event-store';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { Operation } from '../openapi/operation.js';
import { Projector } from '../read-model/projector.js';

const service = 'gateway';

@Controller()
export class HealthController {
  constructor(
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly messaging: MessagingConnection,
    private readonly projector: Projector,
  ) {}

  @Get('healthz')
  @Operation({ summary: 'The process lives', replies: { 200: health }, isPublic: true })
  healthz(): Health {
    return { service, status: 'up' };
  }

  @Get('readyz')
  @Operation({ summary: 'What the gateway stands on works', replies: { 200: health, 503: health }, isPublic: true })
  async readyz(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const checks = await readiness([
      { name: 'postgres', check: async () => (await this.database.query('select 1'), true) },
      { name: 'event-store', check: async () => (await this.store.lastPosition(), true) },
      { name: 'nats', check: () => this.messaging.link.state === 'connected' },
      { name: 'read-model', check: () => this.projector.isUp },
    ]);
    const ready = checks.every(({ ok }) => ok);
    reply.status(ready ? 200 : 503);
    return { service, status: ready ? 'ready' : 'not-ready', checks };
  }
}
