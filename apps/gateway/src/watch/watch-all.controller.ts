import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import {
  cloudEventSchema,
  parseStreamId,
  toCloudEvent,
  type WatchEvents,
  watchEventsQuery,
} from '@necrocode/contracts';
import type { EventStore, PositionedEvent } from '@necrocode/event-store';
import { EVENT_STORE, LOGGER, type Logger } from '@necrocode/service-kit';
import type { FastifyReply } from 'fastify';
import { ParsedQuery } from '../http/parsed.js';
import { Operation } from '../openapi/operation.js';
import { EventBell } from '../wake/event-bell.js';
import { Shutdown } from '../wake/shutdown.js';
import { sendEventStream, type StreamMessage } from './event-stream.js';
import { parseLastEventId } from './last-event-id.js';

/** How late an event is noticed whose announcement was lost. */
const LOOK_EVERY_MS = 1_000;
const PAGE = 500;

/** Everything that happens, in the store's order. */
@Controller('events')
export class WatchAllController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly bell: EventBell,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  @Operation({
    summary: 'All events, live, from now on or behind a position; never ends by itself',
    query: watchEventsQuery,
    headers: { 'Last-Event-ID': 'Resume behind this event; its id is its `sequence`.' },
    replies: {
      200: [
        {
          type: 'text/event-stream',
          schema: cloudEventSchema,
          description: 'One CloudEvent per message, its position as id.',
        },
      ],
    },
    problems: ['validation-failed'],
  })
  async watch(
    @ParsedQuery(watchEventsQuery) query: WatchEvents,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventId === undefined ? await this.#start(query) : parseLastEventId(lastEventId);
    const messages = (signal: AbortSignal) => this.#follow(after, query, signal);
    await sendEventStream(reply, messages, this.shutdown.signal, this.logger);
  }

  async #start({ after, last }: WatchEvents): Promise<bigint> {
    if (after !== undefined) return BigInt(after);
    const behind = (await this.store.lastPosition()) - BigInt(last);
    return behind < 0n ? 0n : behind;
  }

  async *#follow(after: bigint, query: WatchEvents, signal: AbortSignal): AsyncGenerator<StreamMessage> {
    const listener = this.bell.listenToAll();
    let position = after;
    try {
      while (!signal.aborted) {
        const page = await this.store.readAll(position, PAGE);
        for (const event of page) {
          if (isWanted(event, query))
            yield { id: event.position.toString(), data: JSON.stringify(toCloudEvent(event)) };
        }
        position = page.at(-1)?.position ?? position;
        if (page.length < PAGE) await listener.wait(LOOK_EVERY_MS, signal);
      }
    } finally {
      listener.close();
    }
  }
}

function isWanted({ streamId, type }: PositionedEvent, query: WatchEvents): boolean {
  if (query.type !== undefined && query.type !== type) return false;
  return query.aggregate === undefined || parseStreamId(streamId).aggregate === query.aggregate;
}
