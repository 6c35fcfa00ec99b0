import { runService } from '@necrocode/service-kit';
import { notifierDatabase } from './migrations/index.js';
import { notifierConfig } from './notifier.config.js';
import { NotifierModule } from './notifier.module.js';

runService({
  name: 'notifier',
  config: notifierConfig,
  database: notifierDatabase,
  consumers: [],
  module: NotifierModule,
});
