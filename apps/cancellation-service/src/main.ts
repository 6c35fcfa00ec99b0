import { runService } from '@necrocode/service-kit';
import { cancellationServiceConfig } from './cancellation-service.config.js';
import { CancellationServiceModule, DURABLE } from './cancellation-service.module.js';
import { migrations } from './migrations/index.js';
import { SCHEMA } from './saga/schema.js';

runService({
  name: 'cancellation-service',
  config: cancellationServiceConfig,
  database: { schema: SCHEMA, migrations },
  consumers: [DURABLE],
  module: CancellationServiceModule,
});
