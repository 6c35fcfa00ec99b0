import { Controller, Get, Inject, Res } from '@nestjs/common';
import { type AuditQuery, auditQuery, auditVerification } from '@necrocode/contracts';
import type { PostgresEventStore } from '@necrocode/event-store-postgres';
import { EVENT_STORE } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { Verifications } from '../verification/verifications.js';
import { verifyAudit } from './verify-audit.js';

@Controller()
export class VerifyAuditController {
  constructor(
    private readonly verifications: Verifications,
    @Inject(EVENT_STORE) private readonly store: PostgresEventStore,
  ) {}

  @Get('audit/verification')
  @Operation({
    summary: 'Recompute the hash chains of all streams, or of one, and name the first event that does not fit',
    query: auditQuery,
    replies: {
      200: [{ type: 'application/jsonl', schema: auditVerification, description: 'Progress; the result last.' }],
    },
    problems: ['validation-failed', 'stream-not-found', 'verification-under-way'],
  })
  async verify(@ParsedQuery(auditQuery) query: AuditQuery, @Res() reply: FastifyReply): Promise<void> {
    await this.verifications.send(reply, (signal) => verifyAudit(this.store, query, signal));
  }
}
