import { runService } from '@necrocode/service-kit';
import { dispatcherConfig } from './dispatcher.config.js';
import { DispatcherModule, DURABLE } from './dispatcher.module.js';
import { migrations } from './migrations/index.js';
import { observe } from './record-story/observe.js';
import { SCHEMA } from './tables/schema.js';

runService({
  name: 'dispatcher',
  config: dispatcherConfig,
  database: { schema: SCHEMA, migrations },
  consumers: [DURABLE],
  observe,
  module: DispatcherModule,
});
