import { runService } from '@necrocode/service-kit';
import { migrations } from './migrations/index.js';
import { runnerMonitorConfig } from './runner-monitor.config.js';
import { observe } from './record-story/observe.js';
import { EXECUTIONS_DURABLE, RunnerMonitorModule } from './runner-monitor.module.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'runner-monitor',
  config: runnerMonitorConfig,
  database: { schema: SCHEMA, migrations },
  consumers: [EXECUTIONS_DURABLE],
  observe,
  module: RunnerMonitorModule,
});
