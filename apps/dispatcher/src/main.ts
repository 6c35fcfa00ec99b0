import { runService } from '@necrocode/service-kit';
import { dispatcherConfig } from './dispatcher.config.js';
import { DispatcherModule } from './dispatcher.module.js';
import { migrations } from './migrations/index.js';
import { SCHEMA } from './tables/schema.js';

runService({
  name: 'dispatcher',
  config: dispatcherConfig,
  database: { schema: SCHEMA, migrations },
  module: DispatcherModule,
});
