import { Controller, Get, Header } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { z } from 'zod';
import { type AsyncApiDocument, describeEvents } from '../asyncapi/describe-events.js';
import { DOCS_CONTENT_SECURITY_POLICY } from '../http/security-headers.js';
import { describeApi, type OpenApiDocument } from './describe-api.js';
import { docsPage } from './docs-page.js';
import { DOCS_STYLE } from './docs-style.js';
import { listRoutes } from './list-routes.js';
import { Operation } from './operation.js';

const API_VERSION = '0.1.0';

@Controller()
export class DocsController {
  #document: OpenApiDocument | undefined;
  #events: AsyncApiDocument | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  @Get('openapi.json')
  @Operation({
    summary: 'This description, for machines',
    replies: { 200: z.record(z.string(), z.unknown()) },
    isPublic: true,
  })
  openApi(): OpenApiDocument {
    this.#document ??= describeApi(listRoutes(this.discovery, this.scanner), API_VERSION);
    return this.#document;
  }

  @Get('asyncapi.json')
  @Operation({
    summary: 'The events other systems can hear, for machines',
    replies: { 200: z.record(z.string(), z.unknown()) },
    isPublic: true,
  })
  asyncApi(): AsyncApiDocument {
    this.#events ??= describeEvents(API_VERSION);
    return this.#events;
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_CONTENT_SECURITY_POLICY)
  @Operation({
    summary: 'This description, for people',
    replies: { 200: [{ type: 'text/html', schema: z.string(), description: 'A page.' }] },
    isPublic: true,
  })
  page(): string {
    return docsPage(this.openApi());
  }

  @Get('docs/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Operation({
    summary: 'How the page looks',
    replies: { 200: [{ type: 'text/css', schema: z.string(), description: 'A style sheet.' }] },
    isPublic: true,
  })
  style(): string {
    return DOCS_STYLE;
  }
}
