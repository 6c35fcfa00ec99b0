import {
  type CommandRequest,
  type CreateWebhookBody,
  type ListDeliveries,
  notifierCommands,
  type ReplayWebhookBody,
  type UpdateWebhookBody,
} from '@necrocode/contracts';
import type { WebhookId } from '@necrocode/domain';
import { type AnswersCommands, CommandHandler, type Logger, LOGGER } from '@necrocode/service-kit';
import { type BeforeApplicationShutdown, Controller, Inject } from '@nestjs/common';
import { ManageWebhooks } from './manage-webhooks.js';

type One = CommandRequest<{ readonly webhookId: WebhookId }>;

@Controller()
export class ManageWebhooksController implements AnswersCommands, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();

  constructor(
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(ManageWebhooks) private readonly manage: ManageWebhooks,
  ) {}

  beforeApplicationShutdown(): void {
    this.#stopping.abort();
  }

  @CommandHandler(notifierCommands.createWebhook)
  create({ meta, body }: CommandRequest<{ webhookId: WebhookId; webhook: CreateWebhookBody }>) {
    return this.manage.create(body.webhookId, body.webhook, meta.actor);
  }

  @CommandHandler(notifierCommands.listWebhooks)
  list(_request: CommandRequest<Record<string, never>>) {
    return this.manage.list();
  }

  @CommandHandler(notifierCommands.getWebhook)
  get({ body }: One) {
    return this.manage.get(body.webhookId);
  }

  @CommandHandler(notifierCommands.updateWebhook)
  update({ body }: CommandRequest<{ webhookId: WebhookId; changes: UpdateWebhookBody }>) {
    return this.manage.update(body.webhookId, body.changes);
  }

  @CommandHandler(notifierCommands.deleteWebhook)
  async remove({ body }: One) {
    await this.manage.remove(body.webhookId);
    return {};
  }

  @CommandHandler(notifierCommands.rotateSecret)
  rotateSecret({ body }: One) {
    return this.manage.rotateSecret(body.webhookId);
  }

  @CommandHandler(notifierCommands.pingWebhook)
  ping({ body }: One) {
    return this.manage.ping(body.webhookId, this.#stopping.signal);
  }

  @CommandHandler(notifierCommands.listDeliveries)
  listDeliveries({ body }: CommandRequest<{ webhookId: WebhookId; query: ListDeliveries }>) {
    return this.manage.listDeliveries(body.webhookId, body.query);
  }

  @CommandHandler(notifierCommands.replayWebhook)
  replay({ body }: CommandRequest<{ webhookId: WebhookId; replay: ReplayWebhookBody }>) {
    return this.manage.replay(body.webhookId, body.replay);
  }
}
