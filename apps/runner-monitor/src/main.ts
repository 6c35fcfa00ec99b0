import { runService } from '@necrocode/service-kit';
import { RunnersAndExecutions1 } from './migrations/1-runners-and-executions.js';
import { runnerMonitorConfig } from './runner-monitor.config.js';
import { observe } from './record-story/observe.js';
import { EXECUTIONS_DURABLE, RunnerMonitorModule } from './runner-monitor.module.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'runner-monitor',
  config: runnerMonitorConfig,
  database: { schema: SCHEMA, migrations: [RunnersAndExecutions1] },
  consumers: [EXECUTIONS_DURABLE],
  observe,
  module: RunnerMonitorModule,
});
