import type { EventStore } from '@necrocode/event-store';
import { type EventMirror, type MessagingConnection, mirrorEvents } from '@necrocode/messaging';
import { CONFIG, DATABASE, EVENT_STORE, type Logger, LOGGER, MESSAGING } from '@necrocode/service-kit';
import {
  type BeforeApplicationShutdown,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Deliver } from './deliver/deliver.js';
import { Deliveries } from './deliver/deliveries.js';
import { AddressGuard } from './guard-address/address-guard.js';
import { MailPlaces } from './mail/mail-place.js';
import { PostOffice } from './mail/post-office.js';
import { TellFailures } from './mail/tell-failures.js';
import { ManageWebhooksController } from './manage-webhooks/manage-webhooks.controller.js';
import { ManageWebhooks } from './manage-webhooks/manage-webhooks.js';
import type { NotifierConfig } from './notifier.config.js';
import { RunEndpoints } from './run-endpoints/run-endpoints.js';
import { EndpointHealth } from './webhooks/endpoint-health.js';
import { Webhooks } from './webhooks/webhooks.js';

/** Between the end of an attempt's time and its delivery being free for others, ms. */
const LEASE_MARGIN_MS = 10_000;
/** Longer than a mail server may keep us waiting: two replicas do not send the same mail. */
const MAIL_HOLD_MARGIN_MS = 60_000;

const providers: Provider[] = [
  { provide: Webhooks, useFactory: (database: DataSource) => new Webhooks(database), inject: [DATABASE] },
  { provide: Deliveries, useFactory: (database: DataSource) => new Deliveries(database), inject: [DATABASE] },
  {
    provide: AddressGuard,
    useFactory: ({ WEBHOOK_ALLOWED_NETWORKS }: NotifierConfig) => new AddressGuard(WEBHOOK_ALLOWED_NETWORKS),
    inject: [CONFIG],
  },
  {
    provide: Deliver,
    useFactory: (store: EventStore, deliveries: Deliveries, config: NotifierConfig, guard: AddressGuard) =>
      new Deliver(store, deliveries, config, { guard, timeoutMs: config.WEBHOOK_TIMEOUT_MS }),
    inject: [EVENT_STORE, Deliveries, CONFIG, AddressGuard],
  },
  {
    provide: RunEndpoints,
    useFactory: (
      database: DataSource,
      store: EventStore,
      messaging: MessagingConnection,
      logger: Logger,
      config: NotifierConfig,
      webhooks: Webhooks,
      deliveries: Deliveries,
      deliver: Deliver,
    ) => {
      const { WEBHOOK_REST_FIRST_MS: restFirstMs, WEBHOOK_DISABLE_AFTER_MS: disableAfterMs } = config;
      const health = new EndpointHealth(database, { restFirstMs, disableAfterMs });
      const leaseMs = config.WEBHOOK_TIMEOUT_MS + LEASE_MARGIN_MS;
      const tools = { database, store, webhooks, deliveries, deliver, health, logger, leaseMs };
      return new RunEndpoints(messaging, tools, config.WEBHOOK_KEEP_SETTLED_MS);
    },
    inject: [DATABASE, EVENT_STORE, MESSAGING, LOGGER, CONFIG, Webhooks, Deliveries, Deliver],
  },
  {
    provide: TellFailures,
    useFactory: (database: DataSource, store: EventStore, config: NotifierConfig, logger: Logger) => {
      const { MAIL_URL, MAIL_TO, MAIL_FROM, MAIL_LOOK_MS: lookMs } = config;
      if (MAIL_URL === undefined || MAIL_TO === undefined) return null;
      const rhythm = { lookMs, gatherMs: config.MAIL_GATHER_MS, pauseMs: config.MAIL_PAUSE_MS };
      const places = new MailPlaces(database, lookMs + MAIL_HOLD_MARGIN_MS);
      return new TellFailures(store, places, new PostOffice(MAIL_URL, MAIL_FROM, MAIL_TO), rhythm, logger);
    },
    inject: [DATABASE, EVENT_STORE, CONFIG, LOGGER],
  },
  {
    provide: ManageWebhooks,
    useFactory: (
      database: DataSource,
      store: EventStore,
      config: NotifierConfig,
      webhooks: Webhooks,
      deliveries: Deliveries,
      deliver: Deliver,
      guard: AddressGuard,
      endpoints: RunEndpoints,
    ) => {
      const { WEBHOOK_ROTATION_MS: rotationMs } = config;
      return new ManageWebhooks({ database, store, webhooks, deliveries, deliver, guard, endpoints, rotationMs });
    },
    inject: [DATABASE, EVENT_STORE, CONFIG, Webhooks, Deliveries, Deliver, AddressGuard, RunEndpoints],
  },
];

/** The map of the service: commands change endpoints, and a loop for each endpoint tells it what it has chosen. */
@Module({ controllers: [ManageWebhooksController], providers })
export class NotifierModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private mirror: EventMirror | undefined;

  constructor(
    @Inject(RunEndpoints) private readonly endpoints: RunEndpoints,
    @Inject(MESSAGING) private readonly messaging: MessagingConnection,
    @Inject(TellFailures) private readonly tellFailures: TellFailures | null,
    @Inject(CONFIG) private readonly config: NotifierConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.endpoints.start();
    this.tellFailures?.start();
    const { SUBSCRIBERS_NATS_URL: keeperUrl } = this.config;
    if (keeperUrl === undefined) return;
    this.mirror = mirrorEvents({
      source: this.messaging,
      keeperUrl,
      observe: (notice) =>
        notice.kind === 'made'
          ? this.logger.info('the mirror for subscribers was made')
          : this.logger.warn({ err: notice.error }, 'the mirror for subscribers cannot be kept; trying on'),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.endpoints.stop(), this.tellFailures?.stop(), this.mirror?.stop()]);
  }
}
