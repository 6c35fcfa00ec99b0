import { runService } from '@necrocode/service-kit';
import { RunnersAndExecutions1 } from './migrations/1-runners-and-executions.js';
import { runnerMonitorConfig } from './runner-monitor.config.js';
import { RunnerMonitorModule } from './runner-monitor.module.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'runner-monitor',
  config: runnerMonitorConfig,
  database: { schema: SCHEMA, migrations: [RunnersAndExecutions1] },
  module: RunnerMonitorModule,
});
