import { runService } from '@necrocode/service-kit';
import { migrations } from './migrations/index.js';
import { notifierConfig } from './notifier.config.js';
import { NotifierModule } from './notifier.module.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'notifier',
  config: notifierConfig,
  database: { schema: SCHEMA, migrations },
  consumers: [],
  module: NotifierModule,
});
