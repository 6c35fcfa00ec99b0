import { runService } from '@necrocode/service-kit';
import { dispatcherConfig } from './dispatcher.config.js';
import { DispatcherModule } from './dispatcher.module.js';
import { DispatchTables1 } from './migrations/1-dispatch-tables.js';
import { SCHEMA } from './tables/schema.js';

runService({
  name: 'dispatcher',
  config: dispatcherConfig,
  database: { schema: SCHEMA, migrations: [DispatchTables1] },
  module: DispatcherModule,
});
