import { runService } from '@necrocode/service-kit';
import { Webhooks1 } from './migrations/1-webhooks.js';
import { notifierConfig } from './notifier.config.js';
import { NotifierModule } from './notifier.module.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'notifier',
  config: notifierConfig,
  database: { schema: SCHEMA, migrations: [Webhooks1] },
  consumers: [],
  module: NotifierModule,
});
